"""Accelerators, through devices with the interfaces of picamera2's: nobody has the real ones here."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edgedet.config import Config
from edgedet.config.model import ModelConfig
from edgedet.errors import EdgedetError, HeadError, LabelsError, ModelError, RuntimeMissing
from edgedet.inference.accelerators.hailo import HailoDetector
from edgedet.inference.accelerators.sensor import SensorDetector
from edgedet.privacy.masks import Masks
from edgedet.stages import build_detector
from edgedet.types import Found, Frame
from tests.drivers import blank


class Hailo:
    """picamera2.devices.Hailo, as far as it is used: finds what it was told to, in every picture."""

    results: Any = ()

    def __init__(self, path: str) -> None:
        if b"hailo" not in Path(path).read_bytes():
            raise RuntimeError("HAILO_INVALID_HEF(26)")
        self.pictures: list[NDArray[Any]] = []

    def get_input_shape(self) -> tuple[int, int, int]:
        return 48, 64, 3

    def run(self, picture: NDArray[Any]) -> Any:
        assert (picture.shape, picture.dtype) == ((48, 64, 3), np.uint8)
        self.pictures.append(picture.copy())
        return self.results


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "labels.txt").write_text("person\ncat\n")
    (tmp_path / "net.hef").write_bytes(b"hailo")
    (tmp_path / "net.rpk").write_bytes(b"rpk")
    return tmp_path / "net.hef"


def detector(model: Path, results: Any, **options: Any) -> HailoDetector:
    class Device(Hailo):
        pass

    Device.results = results
    return HailoDetector(model, labels=model.parent / "labels.txt", load=lambda: Device, **options)


def rows(*boxes: Sequence[float]) -> NDArray[np.float32]:
    return np.array(boxes, np.float32).reshape(-1, 5)


def test_a_hailos_boxes_by_class_become_detections(model: Path) -> None:
    found = detector(model, [rows([0.1, 0.2, 0.5, 0.6, 0.9], [0, 0, 1, 1, 0.2]), rows([0.5, 0.5, 1, 1, 0.7])])
    assert found.detect(blank(640, 480)).to_dicts() == [
        {"label": "person", "class_id": 0, "score": 0.9, "box": [128, 48, 384, 240]},
        {"label": "cat", "class_id": 1, "score": 0.7, "box": [320, 240, 640, 480]},
    ]


def test_the_picture_goes_in_as_rgb_at_the_models_size(model: Path) -> None:
    finds = detector(model, [rows(), rows()])
    blue = np.zeros((480, 640, 3), np.uint8)
    blue[:] = 250, 10, 20
    assert len(finds.detect(blue)) == 0
    (picture,) = finds.runtime._device.pictures[-1:]  # type: ignore[attr-defined]
    assert picture[0, 0].tolist() == [20, 10, 250]


def test_more_boxes_than_there_is_room_for_lose_the_weakest(model: Path) -> None:
    scores = np.linspace(0.99, 0.5, 400, dtype=np.float32)
    boxes = np.column_stack([np.tile(np.array([[0, 0, 0.1, 0.1]], np.float32), (400, 1)), scores])
    found = detector(model, [boxes, rows()], iou=1.0, max_detections=1000).detect(blank())
    assert len(found) == 300
    assert found.scores.min() == pytest.approx(scores[299])


@pytest.mark.parametrize("results", [{"conv1": 1}, np.zeros((4, 4))])
def test_a_hailo_model_without_suppression_is_refused(model: Path, results: Any) -> None:
    with pytest.raises(HeadError, match="HAILO NMS BY CLASS"):
        detector(model, results)


def test_what_is_missing_is_named(model: Path) -> None:
    with pytest.raises(RuntimeMissing, match="sudo apt install hailo-all"):
        HailoDetector(model, labels=model.parent / "labels.txt")
    with pytest.raises(LabelsError, match="give a labels file"):
        HailoDetector(model, load=lambda: Hailo)
    model.write_bytes(b"other")
    with pytest.raises(ModelError, match=r"can't load it \(RuntimeError: HAILO_INVALID_HEF"):
        detector(model, ())
    with pytest.raises(ModelError, match="can't be read"):
        HailoDetector(model.with_name("none.hef"))


def frame(found: Found | None) -> Frame:
    return Frame(blank(100, 80), 0, 0, 0, time.monotonic(), datetime.now(UTC), "picam:", found=found)


SEEN = Found(
    np.array([[10, 10, 50, 60], [60, 5, 130, 40], [0, 0, 9, 9], [0, 0, 9, 9]], np.float32),
    np.array([0.6, 0.8, 0.3, 0.9], np.float32),
    np.array([0, 1, 0, 7], np.int32),
)


def test_what_the_camera_found_is_kept_by_the_limits(model: Path) -> None:
    finds = SensorDetector(model.with_suffix(".rpk"), labels=model.parent / "labels.txt")
    found, seconds = finds.detect_frame(frame(SEEN))
    assert [(each["label"], each["box"]) for each in found.to_dicts()] == [
        ("cat", [60, 5, 100, 40]),
        ("person", [10, 10, 50, 60]),
    ]
    assert seconds.keys() == {"preprocess", "invoke", "decode"}


def test_what_the_camera_found_behind_a_mask_is_not_told(model: Path) -> None:
    finds = SensorDetector(model.with_suffix(".rpk"), labels=model.parent / "labels.txt")
    right = Masks([[[0.5, 0], [1, 0], [1, 1], [0.5, 1]]])
    found, _ = finds.detect_frame(right.cover(frame(SEEN)))
    assert [each["label"] for each in found.to_dicts()] == ["person"]


def test_a_picture_of_another_camera_is_refused(model: Path) -> None:
    finds = SensorDetector(model.with_suffix(".rpk"), labels=model.parent / "labels.txt")
    with pytest.raises(ModelError, match="runs inside an IMX500 camera"):
        finds.detect_frame(frame(None))
    with pytest.raises(ModelError, match="runs inside an IMX500 camera"):
        finds.detect(blank())


def test_the_ending_chooses_what_runs_a_model(model: Path) -> None:
    labels = model.parent / "labels.txt"
    built = build_detector(Config(model=ModelConfig(path=model.with_suffix(".rpk"), labels=labels)))
    assert isinstance(built, SensorDetector)
    assert dataclasses.asdict(built.model)["path"] == model.with_suffix(".rpk")
    with pytest.raises(EdgedetError, match="hailo-all"):
        build_detector(Config(model=ModelConfig(path=model, labels=labels)))
