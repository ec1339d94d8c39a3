"""The figures are those of ``edgedet evaluate``, to the last bit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.program import edgedet
from tests.places import MODEL, shared

pytest.importorskip("pycocotools", reason="needs pycocotools (edgedet[lab])")
pytestmark = pytest.mark.slow


def test_as_in_one_process(tmp_path: Path) -> None:
    data = shared("data/coco-mini/instances.json")
    given = ("--data", data, "--split", "val", "--most", 40)
    alone = edgedet("evaluate", MODEL, *given, "--threads", 1, "--json", tmp_path / "alone.json", timeout=300)
    assert alone.returncode == 0, alone.stderr
    out = tmp_path / "out"
    shared_out = edgedet("batch", "evaluate", MODEL, *given, "-o", out, "--workers", 2, "--chunk", 7, timeout=600)
    assert shared_out.returncode == 0, shared_out.stderr
    expected = json.loads((tmp_path / "alone.json").read_text())
    for model in expected["models"]:
        del model["invoke_p50_ms"]
    assert json.loads((out / "evaluation.json").read_text()) == expected
    assert shared_out.stdout.count("starter") == alone.stdout.count("starter")


def test_a_picture_that_does_not_decode_is_left_out(tmp_path: Path) -> None:
    content = json.loads(shared("data/coco-mini/instances.json").read_text())
    images = tmp_path / "images"
    images.mkdir()
    content["images"] = [each for each in content["images"] if each.get("split") == "val"][:6]
    for each in content["images"]:
        source = shared("data/coco-mini/images") / Path(each["file_name"]).name
        (images / source.name).write_bytes(source.read_bytes())
    kept = {each["id"] for each in content["images"]}
    content["annotations"] = [each for each in content["annotations"] if each["image_id"] in kept]
    (images / Path(content["images"][2]["file_name"]).name).write_bytes(b"none")
    (tmp_path / "val.json").write_text(json.dumps(content))
    out = tmp_path / "out"
    given = ("--data", tmp_path / "val.json", "--images", images, "--workers", 1)
    run = edgedet("batch", "evaluate", MODEL, *given, "-o", out, timeout=300)
    assert run.returncode == 1, run.stderr
    assert json.loads((out / "evaluation.json").read_text())["data"]["pictures"] == 5
