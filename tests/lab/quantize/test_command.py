from __future__ import annotations

import json
import resource
import shutil
import subprocess
from pathlib import Path

import cv2
import pytest

from edgedet.inference.detector import Detector
from tests.cli.script import edgedet
from tests.lab.quantize.conftest import PHOTOS, Places
from tests.places import MODEL

pytest.importorskip("ai_edge_quantizer", reason="needs edgedet[lab]")
pytest.importorskip("pycocotools", reason="needs edgedet[lab]")


def test_a_model_is_written_with_its_proof_and_runs(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "small.tflite"
    judged = ["--data", str(places.calibration), "--eval", str(places.evaluation), "--calibration", "percentile"]
    done = edgedet("quantize", str(places.model), *judged, "-o", str(out), timeout=120)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()[:3]] == ["model", "float", "int8@percentile"]
    anchors = "bootstrap-320-anchors.npy"
    assert sorted(p.name for p in tmp_path.iterdir()) == [anchors, "small.json", "small.tflite"]
    card = json.loads(out.with_suffix(".json").read_text())
    assert card["name"] == "small"
    assert card["labels"] == ["person", "cat", "dog"]
    assert card["input"]["dtype"] == "int8"
    assert card["outputs"]["scores"]["dtype"] == "int8"
    assert card["quantization"]["recipe"] == "int8"
    assert card["quantization"]["pictures"] == 16
    proof = card["proof"]
    assert proof["quantized"]["sha256"] == card["sha256"]
    assert proof["float"]["accuracy"]["mean"]["AP"] > 0.95
    lost = (proof["float"]["accuracy"]["mean"]["AP"] - proof["quantized"]["accuracy"]["mean"]["AP"]) * 100
    assert abs(proof["drop_points"] - lost) < 0.02
    assert proof["quantized"]["arena_bytes"] < proof["float"]["arena_bytes"]
    assert proof["quantized"]["latency_p50_ms"] > 0
    found = Detector(out).detect(cv2.imread(str(PHOTOS / "chelsea.jpg"))).to_dicts()
    assert [f["label"] for f in found] == ["cat"]


def test_without_pictures_a_weight_recipe_is_still_measured(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "w.tflite"
    done = edgedet("quantize", str(places.model), "--recipe", "weight-int8", "-o", str(out), "--json", timeout=120)
    assert done.returncode == 0, done.stderr
    _, row = json.loads(done.stdout)["models"]
    assert row["accuracy"] is None
    assert row["latency_p50_ms"] > 0
    assert out.stat().st_size == row["size_bytes"] < 0.35 * places.model.stat().st_size


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--recipe", "uint8"], "--recipe: uint8: can't be made: the quantizer writes signed int8 only"),
        (["--recipe", "int8"], "int8: needs calibration pictures; give them with --data"),
        (["--max-drop", "1"], "--max-drop: nothing to measure the drop on"),
        (["--keep", "3"], "--keep: only mixed recipes keep layers"),
        (["--recipes", "int8"], "--recipes: is for --sweep"),
        (["-o", "x.bin"], "-o: x.bin: a model's name ends in .tflite"),
        (["--eval", "nope.json"], "nope.json: not found"),
    ],
)
def test_a_mistake_is_one_line(places: Places, tmp_path: Path, args: list[str], said: str) -> None:
    done = edgedet("quantize", str(places.model), *args, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(f"edgedet: error: {said}")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_quantized_model_is_not_quantized_again(tmp_path: Path) -> None:
    done = edgedet("quantize", str(MODEL), "-o", "x.tflite", cwd=tmp_path)
    assert done.returncode == 2
    assert f"{MODEL}: quantized already" in done.stderr


def test_labels_that_do_not_meet_are_refused(places: Places, tmp_path: Path) -> None:
    content = json.loads(places.evaluation.read_text())
    for category in content["categories"]:
        category["name"] = f"{category['name']}-fish"
    (tmp_path / "fish.json").write_text(json.dumps(content))
    done = edgedet("quantize", str(places.model), "--recipe", "dynamic", "--eval", "fish.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "labels person-fish, cat-fish, dog-fish, but the model knows person, cat, dog" in done.stderr


def test_pictures_without_objects_prove_nothing(places: Places, tmp_path: Path) -> None:
    content = json.loads(places.evaluation.read_text())
    (tmp_path / "none.json").write_text(json.dumps({**content, "annotations": []}))
    args = ["--recipe", "dynamic", "--eval", "none.json", "--max-drop", "1", "-o", "x.tflite"]
    done = edgedet("quantize", str(places.model), *args, cwd=tmp_path)
    assert done.returncode == 2
    assert "none.json: no object in these 14 pictures" in done.stderr
    assert not (tmp_path / "x.tflite").exists()


def test_evaluation_pictures_are_kept_out_of_calibration(places: Places, tmp_path: Path) -> None:
    shutil.copytree(places.calibration, tmp_path / "calibration")
    judged = sorted((places.folder / "images").iterdir())[0]
    shutil.copy(judged, tmp_path / "calibration" / "renamed.png")
    args = ["--data", "calibration", "--eval", str(places.evaluation), "-o", "x.tflite"]
    done = edgedet("quantize", str(places.model), *args, cwd=tmp_path)
    assert done.returncode == 2
    assert "evaluation pictures are also calibration pictures" in done.stderr


def test_no_room_leaves_nothing_behind(places: Places, tmp_path: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    args = ["--recipe", "weight-int8", "-o", "out/x.tflite"]
    done = edgedet("quantize", str(places.model), *args, cwd=tmp_path, preexec_fn=small_files)
    assert done.returncode == 2
    assert "can't be written (file too large)" in done.stderr.splitlines()[-1]
    assert list((tmp_path / "out").iterdir()) == []


@pytest.fixture(scope="module")
def swept(places: Places, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("sweep")
    judged = ["--data", str(places.calibration), "--eval", str(places.evaluation), "--eval-pictures", "6"]
    recipes = "float16,int8,int8@entropy,int8-per-tensor"
    args = [*judged, "--sweep", "--recipes", recipes, "--also", str(MODEL), "--max-drop", "40", "-o", str(folder)]
    done = edgedet("quantize", str(places.model), *args, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.mark.slow
def test_a_sweep_is_one_table_one_json_and_one_page(swept: tuple[Path, str]) -> None:
    folder, said = swept
    names = ["float", "float16", "int8", "int8@entropy", "int8-per-tensor", MODEL.name]
    assert [line.split()[0] for line in said.splitlines()[1:7]] == names
    report = json.loads((folder / "report.json").read_text())
    assert [row["name"] for row in report["models"]] == names
    assert report["layers"]["of"] == "int8"
    assert len(report["layers"]["sensitivity"]) > 50
    measured = [layer for layer in report["layers"]["sensitivity"] if layer["ap_points_regained"] is not None]
    assert len(measured) == 5
    page = (folder / "report.html").read_text()
    for name in names:
        assert f"<td>{name}</td>" in page
    assert page.count("data:image/svg+xml;base64") == 3
    assert page.count("data:image/jpeg;base64") >= 2
    assert not {"http://", "https://", "<script"} & {
        part for part in ("http://", "https://", "<script") if part in page
    }
    assert json.loads((folder / "int8.json").read_text())["proof"]["drop_points"] < 40


@pytest.mark.slow
def test_the_page_opens_in_a_browser_without_a_complaint(swept: tuple[Path, str]) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium isn't installed")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0", "--dump-dom"]
    done = subprocess.run(
        [browser, *options, f"file://{swept[0] / 'report.html'}"], capture_output=True, text=True, timeout=120
    )
    assert "CONSOLE" not in done.stderr
    assert done.stdout.count("<figure>") >= 2
    assert "Quantization of float.tflite" in done.stdout
