"""What is exported, read back; see test_readers.py for the programs it is for."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as XML

import pytest

from edgedet.collect.export import FORMATS, export
from edgedet.collect.folder import CollectFolder
from edgedet.collect.item import Item, describe, encode
from edgedet.collect.reasons import Doubt
from edgedet.errors import OutputError
from tests.collect.made import LABELS, person, result

OBJECTS = ([person(), person(2, 0.4, 200, "cat")], [], [person(3, 0.61, 12.34, "dog")])


def collection(folder: Path) -> list[Item]:
    """Three frames, the second without objects."""
    kept = CollectFolder(folder)
    for index, rows in enumerate(OBJECTS):
        look = result(index, rows)
        kept.add(describe(look, [Doubt("near", "cat")], "model.tflite", "yard"), encode(look, 90))
    return kept.some()


def test_coco_has_every_box_and_label(tmp_path: Path) -> None:
    items = collection(tmp_path / "kept")
    export(items, tmp_path / "out", "coco")
    content = json.loads((tmp_path / "out" / "instances.json").read_bytes())
    assert [each["name"] for each in content["categories"]] == list(LABELS)
    assert [each["bbox"] for each in content["annotations"]] == [
        [100, 60, 40, 100],
        [200, 60, 40, 100],
        [12.34, 60, 40, 100],
    ]
    assert [each["image_id"] for each in content["annotations"]] == [1, 1, 3]
    for image in content["images"]:
        assert (tmp_path / "out" / "images" / image["file_name"]).stat().st_size > 1000


def test_label_studio_has_boxes_in_percent(tmp_path: Path) -> None:
    export(collection(tmp_path / "kept"), tmp_path / "out", "label-studio", "/data/local-files/?d=images/")
    tasks = json.loads((tmp_path / "out" / "tasks.json").read_bytes())
    (prediction,) = tasks[0]["predictions"]
    value = prediction["result"][0]["value"]
    assert (value["x"], value["y"], value["width"], value["height"]) == (31.25, 33.3333, 12.5, 55.5556)
    assert value["rectanglelabels"] == ["person"]
    assert prediction["score"] == pytest.approx(0.4)
    name = tasks[0]["data"]["image"].removeprefix("/data/local-files/?d=images/")
    assert (tmp_path / "out" / "images" / name).is_file()
    view = XML.fromstring((tmp_path / "out" / "labels.xml").read_text())
    assert [each.get("value") for each in view.iter("Label")] == list(LABELS)


def test_cvat_has_corners(tmp_path: Path) -> None:
    export(collection(tmp_path / "kept"), tmp_path / "out", "cvat")
    root = XML.parse(tmp_path / "out" / "annotations.xml").getroot()
    assert root.findtext("version") == "1.1"
    images = root.findall("image")
    assert [len(each.findall("box")) for each in images] == [2, 0, 1]
    box = images[2].find("box")
    assert box is not None
    assert (box.get("label"), box.get("xtl"), box.get("ybr")) == ("dog", "12.34", "160.00")


@pytest.mark.parametrize("target_format", FORMATS)
def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, target_format: str) -> None:
    items = collection(tmp_path / "kept")
    (tmp_path / "out").mkdir()
    with pytest.raises(OutputError, match="is there already"):
        export(items, tmp_path / "out", target_format)
    items[0].picture.unlink()
    with pytest.raises(OutputError):
        export(items, tmp_path / "new", target_format)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "out"]
