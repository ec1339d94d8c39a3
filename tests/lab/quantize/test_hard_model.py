"""The proof has to notice when a model is broken, and to let it pass once it is mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.script import edgedet
from tests.lab.quantize.conftest import Places
from tests.places import shared

pytest.importorskip("ai_edge_quantizer", reason="needs edgedet[lab]")
pytest.importorskip("pycocotools", reason="needs edgedet[lab]")

MAX_DROP = 12.0
"""mAP points: what the float model itself finds is the truth here, so even sound int8 loses a few."""


def run(model: Path, places: Places, out: Path, *args: str) -> tuple[int, str, str]:
    judged = ["--data", str(places.calibration), "--eval", str(places.evaluation), "--max-drop", str(MAX_DROP)]
    done = edgedet("quantize", str(model), *judged, "-o", str(out), *args, timeout=300)
    return done.returncode, done.stdout, done.stderr


def drop(out: str) -> float:
    rows = {row["name"]: row for row in json.loads(out)["models"]}
    assert rows.pop("float")["accuracy"]["mean"]["AP"] > 0.95
    (row,) = rows.values()
    return float(row["drop_points"])


def test_a_hard_model_is_refused_and_recovered_by_mixed(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "out" / "hard.tflite"
    code, said, complaint = run(places.hard, places, out, "--recipe", "int8-per-tensor", "--json")
    lost = drop(said)
    assert lost > 2 * MAX_DROP
    assert code == 1
    assert complaint.splitlines()[-1] == (
        f"edgedet: {out}: not written: it loses {lost:.2f} mAP points, --max-drop is {MAX_DROP:g}"
    )
    assert list(out.parent.iterdir()) == []
    report = json.loads(said)
    blamed = [layer["number"] for layer in report["layers"]["sensitivity"][:4]]
    assert {2, 3} <= set(blamed)
    assert max(layer["ap_points_regained"] or 0 for layer in report["layers"]["sensitivity"]) > 2
    assert any("--recipe mixed --keep" in line for line in report["advice"])
    code, said, complaint = run(
        places.hard, places, out, "--recipe", "mixed", "--keep", "1", "--keep", "2", "--keep", "3", "--json"
    )
    assert code == 0, complaint
    assert drop(said) < MAX_DROP
    assert json.loads(said)["written"] == {"mixed": str(out)}
    card = json.loads(out.with_suffix(".json").read_text())
    assert [title.split()[0] for title in card["quantization"]["kept_float"]] == ["1", "2", "3"]


@pytest.mark.slow
def test_the_same_on_real_pictures(places: Places, tmp_path: Path) -> None:
    data = shared("data/pets-mini/train.json"), shared("data/pets-mini/test.json")
    judged = ["--data", str(data[0]), "--pictures", "48", "--eval", str(data[1]), "--eval-pictures", "100"]
    recipes = "int8,int8-per-tensor,mixed"
    keep = ["--keep", "1", "--keep", "2", "--keep", "3"]
    args = [*judged, *keep, "--sweep", "--recipes", recipes, "--max-drop", "1.5", "-o", str(tmp_path), "--json"]
    done = edgedet("quantize", str(places.hard), *args, timeout=900)
    rows = {row["name"]: row for row in json.loads(done.stdout)["models"]}
    assert rows["int8-per-tensor"]["drop_points"] > 15
    assert rows["int8-per-tensor"]["refused"]
    assert rows["int8"]["drop_points"] < rows["int8-per-tensor"]["drop_points"] / 4
    assert rows["mixed"]["drop_points"] < 1
    assert not (tmp_path / "int8-per-tensor.tflite").exists()
    assert (tmp_path / "mixed.tflite").exists()
