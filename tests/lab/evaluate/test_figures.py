"""COCO's figures: equal to pycocotools', and what they leave out."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pycocotools")

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.figures import score
from edgedet.types import Detections
from tests.lab.evaluate.made import LABELS, detections, picture, scene

WHOLE = [10, 10, 210, 210]


def plain(dataset: Dataset, found: list[Detections], folder: Path) -> list[float]:
    """pycocotools as its own documentation uses it: files, all classes at once, its summary."""
    truth: dict[str, Any] = {"images": [], "annotations": [], "info": {}}
    truth["categories"] = [{"id": i + 1, "name": name} for i, name in enumerate(dataset.labels)]
    results = []
    for p, seen in zip(dataset, found, strict=True):
        truth["images"].append({"id": p.id, "width": p.width, "height": p.height})
        for box, label, crowd in zip(p.boxes.tolist(), p.labels.tolist(), p.crowd.tolist(), strict=True):
            xywh = [box[0], box[1], box[2] - box[0], box[3] - box[1]]
            annotation = {"id": len(truth["annotations"]) + 1, "image_id": p.id, "category_id": label + 1}
            truth["annotations"].append({**annotation, "bbox": xywh, "area": xywh[2] * xywh[3], "iscrowd": int(crowd)})
        for box, value, label in zip(seen.boxes.tolist(), seen.scores.tolist(), seen.class_ids.tolist(), strict=True):
            xywh = [box[0], box[1], box[2] - box[0], box[3] - box[1]]
            results.append({"image_id": p.id, "category_id": label + 1, "bbox": xywh, "score": value})
    for name, content in (("truth", truth), ("results", results)):
        (folder / name).write_text(json.dumps(content))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(folder / "truth"))
        evaluation = COCOeval(coco, coco.loadRes(str(folder / "results")), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return list(evaluation.stats)


@pytest.mark.parametrize("seed", range(5))
def test_equal_to_pycocotools(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset, found = scene(seed)
    wanted = plain(dataset, found, tmp_path)
    mean = score(dataset, found).mean
    got = [mean.ap, mean.ap50, mean.ap75, mean.ap_small, mean.ap_medium, mean.ap_large]
    assert [-1 if v is None else v for v in got] == pytest.approx(wanted[:6], abs=1e-9)
    assert mean.ar100 == pytest.approx(wanted[8], abs=1e-9)
    assert 0.05 < wanted[0] < 0.95
    assert capsys.readouterr().out == ""


def test_perfect_detections_score_one() -> None:
    dataset, _ = scene(7)
    sound = Dataset(LABELS, tuple(replace(p, crowd=np.zeros(len(p), np.bool_)) for p in dataset))
    found = [detections(p.boxes, np.full(len(p), 0.9), p.labels) for p in sound]
    figures = score(sound, found)
    assert figures.mean.ap == pytest.approx(1)
    assert figures.mean.ar100 == pytest.approx(1)
    assert figures.objects == {name: sum(int((p.labels == i).sum()) for p in sound) for i, name in enumerate(LABELS)}


def test_what_nobody_labelled_is_no_false_positive() -> None:
    right = picture([WHOLE], [0])
    unlabelled = picture([WHOLE], [1], id=2, known=np.array([False, True, True]))
    found = [detections([WHOLE], [0.5], [0]), detections([WHOLE, [250, 50, 390, 290]], [0.8, 0.9], [1, 0])]
    figures = score(Dataset(LABELS, (right, unlabelled)), found)
    assert figures.classes["person"].ap == pytest.approx(1)
    assert figures.classes["cat"].ap == pytest.approx(1)
    everything_known = Dataset(LABELS, (right, replace(unlabelled, known=np.ones(3, np.bool_))))
    assert score(everything_known, found).classes["person"].ap == pytest.approx(0.5)


def test_classes_without_objects_have_no_figures_and_are_not_in_the_mean() -> None:
    figures = score(Dataset(LABELS, (picture([WHOLE], [1]),)), [detections([WHOLE], [0.5], [1])])
    assert figures.classes["dog"].ap is None
    assert figures.mean.ap == pytest.approx(1)
    assert figures.to_dict()["classes"]["dog"]["AP50"] is None


def test_a_crowd_is_neither_hit_nor_miss() -> None:
    crowded = picture([WHOLE, [250, 50, 390, 290]], [0, 0], crowd=np.array([False, True]))
    found = [detections([WHOLE, [260, 60, 300, 200]], [0.5, 0.9], [0, 0])]
    figures = score(Dataset(LABELS, (crowded,)), found)
    assert figures.classes["person"].ap == pytest.approx(1)
    assert figures.objects["person"] == 1


def test_classes_are_matched_by_name_and_strangers_ignored() -> None:
    found = [detections([WHOLE, WHOLE], [0.5, 0.9], [0, 1], labels=("dog", "unicorn"))]
    assert score(Dataset(LABELS, (picture([WHOLE], [2]),)), found).classes["dog"].ap == pytest.approx(1)


def test_the_outline_says_which_objects_are_small() -> None:
    drawn = picture([WHOLE], [0], box_extra=({"area": 500.0},))
    figures = score(Dataset(LABELS, (drawn,)), [detections([WHOLE], [0.5], [0])])
    assert figures.mean.ap_small == pytest.approx(1)
    assert figures.mean.ap_large is None


def test_pictures_and_detections_must_pair_up() -> None:
    with pytest.raises(ValueError, match="0 pictures' detections for 1 pictures"):
        score(Dataset(LABELS, (picture(),)), [])


def test_nothing_found_anywhere() -> None:
    figures = score(Dataset(LABELS, (picture([WHOLE], [0]),)), [Detections.empty(LABELS)])
    assert figures.mean.ap == 0
