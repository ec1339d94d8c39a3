"""The command, on photographs that are in the package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("pycocotools")

from edgedet.cli.evaluate import evaluate
from edgedet.errors import DataError, EdgedetError, OutputError
from tests.lab.evaluate.made import CAT, LABELS, write_photos
from tests.modelkit import ssd_raw, with_metadata
from tests.places import MODEL


def run(*args: Any) -> Result:
    result = CliRunner().invoke(evaluate, [str(a) for a in args])
    if isinstance(result.exception, EdgedetError):
        raise result.exception
    return result


def test_a_table_a_report_and_pictures(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    data, report = write_photos(tmp_path), tmp_path / "out" / "report.json"
    copy = tmp_path / "copy.tflite"
    shutil.copyfile(MODEL, copy)
    pictures = tmp_path / "pictures"
    done = run(MODEL, copy, "--data", data, "--split", "val", "--threads", 1, "--json", report, "--pictures", pictures)
    assert done.exit_code == 0
    assert "note: not every model knows zebra: left out" in done.output
    content = json.loads(report.read_text())
    assert content["data"]["classes"] == list(LABELS)
    first, second = content["models"]
    assert first["figures"] == second["figures"]
    assert first["figures"]["mean"]["AP50"] == 1
    assert (first["parity"], second["parity"]["twins"], second["parity"]["score_difference"]) == (None, 1, 0)
    assert first["thresholds"]["cat"]["best_f1"]["f1"] == 1
    assert first["thresholds"]["dog"]["best_f1"] is None
    assert first["size_bytes"] == MODEL.stat().st_size
    assert first["invoke_p50_ms"] > 0
    table = done.stdout.splitlines()
    assert table[0].split()[:4] == ["model", "runtime", "MB", "AP"]
    assert table[2].startswith("copy.tflite")
    files = sorted(path.name for path in pictures.iterdir())
    assert files == sorted(
        f"{stem}-{kind}.png" for stem in (MODEL.stem, "copy") for kind in ("precision-recall", "reliability")
    )
    assert all(cv2.imread(str(path)) is not None for path in pictures.iterdir())


def test_robustness_and_adversarial_tables(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from edgedet.lab.training.architecture import Architecture
    from edgedet.lab.training.checkpoint import TrainedModel, save
    from edgedet.lab.training.net import Ssd

    torch.set_num_threads(1)
    torch.manual_seed(0)
    checkpoint, report = tmp_path / "net.pt", tmp_path / "report.json"
    save(TrainedModel(Ssd(Architecture(3, size=192, width=0.35)).eval(), LABELS, {}), checkpoint)
    data = write_photos(tmp_path)
    options = ["--threads", 1, "--robustness", "--adversarial", checkpoint, "--json", report]
    assert run(MODEL, "--data", data, *options).exit_code == 0
    content = json.loads(report.read_text())
    robustness, adversarial = content["robustness"], content["adversarial"]
    assert len(robustness) == 22
    assert robustness[0] == {"condition": "clean", "AP50": [1.0], "relative": [1.0]}
    assert min(row["AP50"][0] for row in robustness) < 1
    assert [row["condition"] for row in adversarial] == ["no attack"] + [
        f"{method} {epsilon}/255" for method in ("FGSM", "PGD") for epsilon in (2, 4, 8)
    ]
    assert run(MODEL, "--data", data, *options).exit_code == 0
    again = json.loads(report.read_text())
    assert (again["robustness"], again["adversarial"]) == (robustness, adversarial)


def changed(data: Path, **keys: Any) -> Path:
    content = json.loads(data.read_text())
    data.write_text(json.dumps(content | keys))
    return data


def test_no_class_in_common_names_both(tmp_path: Path) -> None:
    data = changed(write_photos(tmp_path), categories=[{"id": i, "name": f"bird {i}"} for i in range(1, 5)])
    with pytest.raises(DataError, match=r"has bird 1, bird 2.*tflite knows person, cat, dog: no class in common"):
        run(MODEL, "--data", data)


def test_models_are_measured_on_what_all_of_them_know(tmp_path: Path) -> None:
    few = tmp_path / "few.tflite"
    encodings, scores = np.zeros((1917, 4), np.float32), np.full((1917, 2), 0.01, np.float32)
    few.write_bytes(with_metadata(ssd_raw(encodings, scores), labels=["cat", "unicorn"]))
    done = run(MODEL, few, "--data", write_photos(tmp_path), "--threads", 1)
    assert "not every model knows person, dog, zebra: left out" in done.output
    assert "the data has no unicorn, which few.tflite knows: left out" in done.output
    assert "AP50 person" not in done.output
    assert "AP50 cat" in done.output


@pytest.mark.parametrize(
    ("keys", "args", "said"),
    [
        ({"images": [], "annotations": []}, (), "no pictures in it"),
        ({}, ("--split", "test"), "no pictures of split 'test' in it; it has val"),
        ({"annotations": []}, (), "no person or cat or dog is annotated in it"),
    ],
)
def test_nothing_to_measure(keys: dict[str, Any], args: tuple[str, ...], said: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=said):
        run(MODEL, "--data", changed(write_photos(tmp_path), **keys), *args)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no picture", "can't be decoded"),
        (b"", "empty"),
        (None, "can't be read"),
        ("turned", r"the picture is 300x451, but its annotations are for 451x300"),
    ],
)
def test_a_picture_that_cannot_be_used_is_named(content: bytes | str | None, said: str, tmp_path: Path) -> None:
    data = write_photos(tmp_path)
    images = json.loads(data.read_text())["images"]
    bad = tmp_path / "images" / "bad.png"
    if isinstance(content, bytes):
        bad.write_bytes(content)
    elif content == "turned":
        cv2.imwrite(str(bad), np.rot90(cv2.imread(str(CAT))))
    images[1]["file_name"] = bad.name
    with pytest.raises(DataError, match=rf"bad\.png.*{said}"):
        run(MODEL, "--data", changed(data, images=images))


@pytest.mark.parametrize("option", ["--json", "--pictures"])
def test_a_place_that_cannot_be_written_is_said_before_the_work(option: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match=r"file.*: can't be written"):
        run("no-such-model.tflite", "--data", "no-such-data", option, tmp_path / "file" / "there" / "report")


def test_a_report_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "out" / "report.json").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"report\.json: can't be written"):
        run(MODEL, "--data", write_photos(tmp_path), "--json", tmp_path / "out" / "report.json")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.json"]
