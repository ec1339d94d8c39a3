"""Small datasets with real picture files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edgedet.lab.datasets import Dataset, Picture


def save_picture(path: Path, width: int = 64, height: int = 48, seed: int = 0) -> Path:
    """A picture of noise; the seed and the size make its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8))
    return path


def picture(path: Path, boxes: Sequence[Sequence[float]] = (), labels: Sequence[int] = (), **more: Any) -> Picture:
    given: dict[str, Any] = {"width": 64, "height": 48, "id": 1, "known": np.ones(2, np.bool_)} | more
    given.setdefault("crowd", np.zeros(len(boxes), np.bool_))
    return Picture(
        path=path,
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        labels=np.array(labels or [0] * len(boxes), np.int64),
        **given,
    )


def small_dataset(folder: Path) -> Dataset:
    """Three pictures of two classes: one with everything a format may lose, one plain, one without boxes."""
    files = [save_picture(folder / f"{name}.png", seed=seed) for seed, name in enumerate(("a", "b", "c"))]
    pictures = (
        picture(
            files[0],
            [[1.25, 2.5, 30.1, 40.7], [0, 0, 64, 48]],
            [1, 0],
            id=70,
            split="train",
            crowd=np.array([False, True]),
            known=np.array([True, False]),
            extra={"license": 3, "coco_url": "http://example.org/a"},
            box_extra=({"id": 5, "area": 999.5}, {"id": 9, "area": 3072.0}),
        ),
        picture(files[1], [[10, 10, 20, 20]], [0], id=3, split="val", box_extra=({"id": 11, "area": 100.0},)),
        picture(files[2], id=8, split="train"),
    )
    return Dataset(("person", "cat"), pictures, "small", {"info": {"year": 2020}})


def same_boxes(one: Dataset, other: Dataset, tolerance: float = 0.0) -> None:
    """Assert that two datasets have the same classes, and files of the same name the same boxes, size and split."""
    assert one.labels == other.labels
    found = {p.path.stem: p for p in other}
    assert sorted(p.path.stem for p in one) == sorted(found)
    for expected in one:
        got = found[expected.path.stem]
        assert (got.width, got.height, got.split) == (expected.width, expected.height, expected.split)
        np.testing.assert_array_equal(got.labels, expected.labels)
        np.testing.assert_allclose(got.boxes, expected.boxes, rtol=0, atol=tolerance)
        assert got.path.read_bytes() == expected.path.read_bytes()
