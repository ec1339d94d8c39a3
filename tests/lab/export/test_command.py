"""``edgedet export`` as it is typed; every mistake is one line."""

from __future__ import annotations

import json
import resource
import shutil
from pathlib import Path

import numpy as np
import pytest

from edgedet import Detector
from edgedet.inference.flatfile import read_model
from tests import modelkit as kit
from tests.cli.script import edgedet
from tests.places import MODEL


def refused(*args: str, folder: Path) -> str:
    """The line that a command ends with, exit code 2 and nothing written."""
    before = sorted(path.name for path in folder.iterdir())
    done = edgedet("export", *args, cwd=folder)
    assert (done.returncode, done.stdout) == (2, ""), done
    assert done.stderr.startswith("edgedet: error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == before
    return done.stderr.removeprefix("edgedet: error: ")


def test_the_bundled_model_as_other_programs_want_it(tmp_path: Path) -> None:
    done = edgedet("export", str(MODEL), "--postprocess", "--to", "new.tflite", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["step", "boxes", "max", "mean", "scores", "max", "mean"]
    assert lines[1].startswith("uint8 input")
    assert lines[2].endswith("objects are those found without")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new.json", "new.md", "new.tflite"]
    detector = Detector(tmp_path / "new.tflite", threads=1)
    given = detector.runtime.inputs[0]
    assert (detector.head.name, str(given.dtype), detector.labels) == (
        "ssd-postprocess",
        "uint8",
        ("person", "cat", "dog"),
    )
    assert read_model(tmp_path / "new.tflite").metadata.mean == (128.0,)
    assert "made_from" in json.loads((tmp_path / "new.json").read_text())
    said = refused("new.tflite", "--postprocess", "--to", "newer.tflite", folder=tmp_path)
    assert said.startswith("new.tflite: suppression is in the model already")


def test_float_outputs_and_anchors_of_its_own(tmp_path: Path) -> None:
    done = edgedet("export", str(MODEL), "--float-outputs", "-o", "f.tflite", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split() == ["float", "outputs", "0", "0", "0", "0", "ok"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f-anchors.npy", "f.json", "f.md", "f.tflite"]
    image = np.random.default_rng(0).integers(0, 255, (320, 320, 3), np.uint8)
    ours = Detector(tmp_path / "f.tflite", threads=1, confidence=0.05).detect(image).to_dicts()
    assert ours == Detector(MODEL, threads=1, confidence=0.05).detect(image).to_dicts()


def test_pixels_scaled_inside_stay_so(tmp_path: Path) -> None:
    raw = kit.ssd_raw(np.zeros((1917, 4)), np.zeros((1917, 1)), input_kind=kit.FLOAT32)
    (tmp_path / "raw.tflite").write_bytes(raw)
    (tmp_path / "names.txt").write_text("cat\n")
    done = edgedet("export", "raw.tflite", "--labels", "names.txt", "--input", "uint8", "-o", "u8.tflite", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    said = refused("u8.tflite", "--input", "float32", "-o", "f.tflite", folder=tmp_path)
    assert said.startswith("--input float32: it scales whole pixels itself")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["m.tflite", "--to", "out.pb"], "--to out.pb: what is it to be? Give a name that ends in .tflite or .onnx"),
        (["m.tflite", "--to", "out.onnx"], "m.tflite: ONNX is made from a checkpoint"),
        (["m.tflite", "--to", "m.tflite"], "m.tflite: it is what the model is made of; give another name"),
        (
            ["m.tflite", "--to", "no/m.tflite"],
            "no/m.tflite: can't be written (no such file or directory); make its folder",
        ),
        (["none.tflite", "--to", "out.tflite"], "none.tflite: no such model file"),
        (["empty.tflite", "--to", "out.tflite"], "empty.tflite: the model is empty"),
        (["m.tflite", "--to", "out.tflite", "--qdq"], "--qdq, --calibration, --split: for .onnx"),
        (["c.pt", "--to", "out.onnx", "--qdq"], "--qdq: it takes pictures to quantize"),
        (["c.pt", "--to", "out.onnx", "--calibration", "x"], "--calibration, --split: only --qdq needs them"),
        (["c.pt", "--to", "out.onnx", "--postprocess"], "--postprocess: only a .tflite can be had so, not out.onnx"),
        (["c.pt", "--to", "out.onnx", "--input", "uint8"], "--input: only a .tflite"),
        (["m.tflite", "--to", "out.tflite", "--iou", "0.3"], "--max-detections, --iou: of the operator"),
        (["m.tflite", "--to", "out.tflite", "--postprocess", "--float-outputs"], "--float-outputs: with --postprocess"),
        (["m.tflite", "--to", "out.tflite", "--pictures", "nowhere"], "nowhere: no such folder or JSON file"),
        (["m.tflite", "--to", "out.tflite", "--pictures", "."], ".: no pictures in it"),
        (["m.tflite", "--to", "taken.tflite"], "taken.json: is the card of other.tflite; give the model another name"),
        (["m.tflite", "--to", "notes.tflite"], "notes.json: is there already and no model's card"),
        (["yolo.tflite", "--to", "out.tflite", "--labels", "names.txt"], "yolo.tflite: its head is yolo"),
        (["c.pt", "--to", "out.onnx", "--split", "train"], "--calibration, --split: only --qdq needs them"),
        (["raw.tflite", "--to", "out.tflite"], "raw.tflite: neither its card nor its metadata has labels"),
        (["m.tflite"], "Missing option '-o' / '--to'."),
    ],
)
def test_mistakes(tmp_path: Path, args: list[str], said: str) -> None:
    (tmp_path / "empty.tflite").touch()
    if args[0] == "m.tflite":
        shutil.copy(MODEL, tmp_path / "m.tflite")
    if args[0] == "yolo.tflite":
        (tmp_path / "yolo.tflite").write_bytes(kit.yolo_v8(np.random.default_rng(0).uniform(0, 1, (2100, 7))))
    (tmp_path / "names.txt").write_text("a\nb\nc\n")
    if args[0] == "raw.tflite":
        (tmp_path / "raw.tflite").write_bytes(kit.ssd_raw(np.zeros((1917, 4)), np.zeros((1917, 1))))
    (tmp_path / "other.tflite").touch()
    (tmp_path / "taken.json").write_text('{"file": "other.tflite"}')
    (tmp_path / "notes.json").write_text("[1, 2]")
    assert refused(*args, folder=tmp_path).startswith(said)


def test_a_folder_that_may_not_be_written_to(tmp_path: Path) -> None:
    said = refused(str(MODEL), "--to", "/proc/model.tflite", folder=tmp_path)
    assert said.startswith("/proc/model.tflite: can't be written")


def test_a_disk_that_ends(tmp_path: Path) -> None:
    """A limit on the size of files: what a full disk looks like from inside."""
    before = sorted(tmp_path.iterdir())
    done = edgedet(
        "export",
        str(MODEL),
        "--to",
        "m.tflite",
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)),
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("edgedet: error: m.tflite: can't be written (file too large)")
    assert sorted(tmp_path.iterdir()) == before


def test_a_checkpoint_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("edgedet.lab.training.checkpoint")
    (tmp_path / "text.pt").write_text("hello")
    assert refused("text.pt", "--to", "out.tflite", folder=tmp_path).startswith("text.pt: not a checkpoint")
    assert refused("gone.pt", "--to", "out.tflite", folder=tmp_path).startswith("gone.pt: no such file")
    said = refused("text.pt", "--to", "out.tflite", "--labels", "x", folder=tmp_path)
    assert said.startswith("--labels: text.pt is a checkpoint and has its own")


def test_without_the_extra_it_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError(name='torch')\n")
    (tmp_path / "c.pt").touch()
    done = edgedet("export", "c.pt", "--to", "out.tflite", cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == "edgedet: error: torch: not installed; run: pip install 'edgedet[lab]'\n"
