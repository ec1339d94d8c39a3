"""What is exported, read by the programs it is for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgedet.collect.export import export
from tests.collect.made import LABELS
from tests.collect.test_export import collection

pytestmark = pytest.mark.slow


def test_pycocotools_reads_coco(tmp_path: Path) -> None:
    coco = pytest.importorskip("pycocotools.coco", reason="needs pycocotools, as edgedet[lab] has it").COCO
    export(collection(tmp_path / "kept"), tmp_path / "out", "coco")
    read = coco(str(tmp_path / "out" / "instances.json"))
    assert len(read.getImgIds()) == 3
    (dog,) = read.loadAnns(read.getAnnIds(catIds=read.getCatIds(catNms=["dog"])))
    assert dog["bbox"] == [12.34, 60, 40, 100]


def test_it_comes_back_as_a_dataset(tmp_path: Path) -> None:
    """What annotators write is COCO too."""
    pytest.importorskip("PIL.Image", reason="needs Pillow, as edgedet[lab] has it")
    from edgedet.lab.datasets.check import check_dataset
    from edgedet.lab.datasets.formats import read_dataset
    from edgedet.lab.datasets.problems import Problems

    export(collection(tmp_path / "kept"), tmp_path / "out", "coco")
    problems = Problems()
    data = read_dataset(tmp_path / "out" / "instances.json", problems=problems)
    check_dataset(data, problems, iter)
    assert not problems.failed
    assert data.labels == LABELS
    assert [len(picture) for picture in data] == [2, 0, 1]


def test_label_studio_takes_its_tasks(tmp_path: Path) -> None:
    interface = pytest.importorskip(
        "label_studio_sdk.label_interface", reason="needs label-studio-sdk (pip install label-studio-sdk)"
    ).LabelInterface
    export(collection(tmp_path / "kept"), tmp_path / "out", "label-studio", "/data/local-files/?d=images/")
    view = interface((tmp_path / "out" / "labels.xml").read_text())
    view.validate()
    for task in json.loads((tmp_path / "out" / "tasks.json").read_bytes()):
        assert view.validate_task({"data": task["data"]})
        for prediction in task["predictions"]:
            assert view.validate_prediction(prediction)
            broken = json.loads(json.dumps(prediction))
            for region in broken["result"]:
                region["value"]["rectanglelabels"] = ["no such label"]
            assert not broken["result"] or not view.validate_prediction(broken)


def test_datumaro_reads_cvat(tmp_path: Path) -> None:
    datumaro = pytest.importorskip("datumaro", reason="needs datumaro (pip install datumaro)")
    export(collection(tmp_path / "kept"), tmp_path / "out", "cvat")
    read = datumaro.Dataset.import_from(str(tmp_path / "out"), "cvat")
    boxes = {item.id: [(each.label, *each.get_bbox()) for each in item.annotations] for item in read}
    assert sorted(map(len, boxes.values())) == [0, 1, 2]
    (dog,) = next(each for each in boxes.values() if len(each) == 1)
    assert dog == (2, pytest.approx(12.34), 60, 40, 100)
