"""Pictures for parity and for calibration."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.errors import DataError
from edgedet.lab.export.pictures import read_calibration, read_pictures, to_inputs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten pictures, each of its own grey, and annotations with two splits."""
    (tmp_path / "images").mkdir()
    images = []
    for i in range(10):
        cv2.imwrite(str(tmp_path / "images" / f"{i}.png"), np.full((8, 12, 3), 20 * i, np.uint8))
        split = "train" if i % 2 else "val"
        images.append({"id": i, "file_name": f"{i}.png", "width": 12, "height": 8, "split": split})
    content = {"images": images, "annotations": [], "categories": [{"id": 1, "name": "cat"}]}
    (tmp_path / "all.json").write_text(json.dumps(content))
    return tmp_path


def greys(images: list[np.ndarray]) -> list[int]:  # type: ignore[type-arg]
    return [int(image[0, 0, 0]) // 20 for image in images]


def test_evenly_picked(folder: Path) -> None:
    assert greys(read_pictures(folder / "images", 4)) == [0, 3, 6, 9]
    assert greys(read_pictures(folder / "all.json", 100)) == list(range(10))
    assert len(read_pictures()) == 3


def test_calibration_takes_only_the_split_it_is_told(folder: Path) -> None:
    assert greys(read_calibration(folder / "all.json", "train")) == [1, 3, 5, 7, 9]
    with pytest.raises(DataError, match="has splits 'train', 'val'; say which"):
        read_calibration(folder / "all.json")
    with pytest.raises(DataError, match="no pictures in it"):
        read_calibration(folder / "all.json", "test")
    with pytest.raises(DataError, match="--split is of a COCO JSON file"):
        read_calibration(folder / "images", "train")
    assert greys(read_calibration(folder / "images", most=2)) == [0, 9]


def test_inputs_are_rgb_from_minus_one_to_one() -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    image[..., 0], image[..., 2] = 255, 127  # BGR
    inputs = to_inputs([image, image], 16)
    assert (inputs.shape, inputs.dtype) == ((2, 16, 16, 3), np.float32)
    np.testing.assert_allclose(inputs[1, 5, 5], [127 / 127.5 - 1, -1, 1], atol=1e-6)


def test_a_broken_picture_is_named(folder: Path) -> None:
    (folder / "images" / "5.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"5\.png: can't be decoded"):
        read_pictures(folder / "images")
