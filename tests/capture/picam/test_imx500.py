"""An AI camera's half that reads its metadata, through a device with picamera2's interface."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from edgedet.capture.picam import driver, imx500
from edgedet.capture.picam.imx500 import AICamera
from edgedet.capture.picam.testcamera import Faults, Rig
from edgedet.capture.receiver import Lost
from edgedet.capture.reconnect import Reconnecting
from edgedet.config import SourceConfig
from edgedet.errors import SourceError

NETWORK = Path("network_pp.rpk")


class Device:
    """picamera2.devices.IMX500, as far as it is used: its sensor is 400 x 300, the main stream half of that."""

    camera_num = 1
    network_intrinsics: Any = SimpleNamespace(bbox_normalization=False, bbox_order="yx", postprocess=None)

    def __init__(self, network: str) -> None:
        if network == "gone.rpk":
            raise RuntimeError("IMX500: Requested camera dev-node not found")

    def get_input_size(self) -> tuple[int, int]:
        return 320, 320

    def get_outputs(self, metadata: dict[str, Any], add_batch: bool) -> Any:
        assert add_batch
        return metadata.get("outputs")

    def convert_inference_coords(self, box: tuple[float, ...], metadata: dict[str, Any], camera: Any) -> Any:
        y0, x0, y1, x1 = box
        return x0 * 200, y0 * 150, (x1 - x0) * 200, (y1 - y0) * 150


def outputs(*rows: tuple[float, ...]) -> dict[str, Any]:
    values = np.array(rows, np.float32).reshape(-1, 6)
    return {"outputs": [values[None, :, :4], values[None, :, 4], values[None, :, 5]]}


def test_boxes_are_placed_in_the_main_stream_best_first() -> None:
    camera = AICamera(NETWORK, lambda: Device)
    found = camera.found(outputs((0, 0, 0.5, 0.5, 0.4, 0), (0.2, 0.5, 0.4, 1, 0.9, 7), (0, 0, 1, 1, 0.01, 1)), None)
    assert camera.number == 1
    assert found.boxes.tolist() == pytest.approx(np.array([[100, 30, 200, 60], [0, 0, 100, 75]]))
    assert (found.scores.tolist(), found.class_ids.tolist()) == (pytest.approx([0.9, 0.4]), [7, 0])


def test_networks_that_count_pixels_and_x_first_are_read_so() -> None:
    class Other(Device):
        network_intrinsics = SimpleNamespace(bbox_normalization=True, bbox_order="xy", postprocess="")

    found = AICamera(NETWORK, lambda: Other).found(outputs((160, 64, 320, 128, 0.9, 7)), None)
    assert found.boxes.tolist() == pytest.approx(np.array([[100, 30, 200, 60]]))


def test_frames_without_an_answer_keep_the_last_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(imx500.time, "monotonic", lambda: now)
    camera = AICamera(NETWORK, lambda: Device)
    assert len(camera.found({}, None).boxes) == 0
    camera.found(outputs((0, 0, 0.5, 0.5, 0.4, 0)), None)
    now += 0.9
    assert len(camera.found({}, None).boxes) == 1
    now += 0.2
    assert len(camera.found({}, None).boxes) == 0


def test_what_it_found_comes_with_the_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    class Seeing(Device):
        camera_num = 0

        def get_outputs(self, metadata: dict[str, Any], add_batch: bool) -> Any:
            return outputs((0, 0, 0.5, 0.5, 0.4, 0))["outputs"]

    rig = Rig(Faults())
    monkeypatch.setattr(driver, "AICamera", lambda network: AICamera(network, lambda: Seeing))
    config = SourceConfig(uri="picam:", small="off", network=NETWORK)
    source = Reconnecting("picam:", lambda: driver.PicamDriver(0, config, lambda: rig), config)
    source.open()
    frame = source.read()
    source.close()
    assert frame is not None
    assert frame.found is not None
    assert frame.found.boxes.tolist() == [[0, 0, 100, 75]]


def test_another_camera_than_the_ai_camera_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "AICamera", lambda network: AICamera(network, lambda: Device))
    config = SourceConfig(uri="picam:", small="off", network=NETWORK)
    opened = driver.PicamDriver(0, config, lambda: Rig(Faults()))
    with pytest.raises(SourceError, match=r"is no AI camera; that is picam:1"):
        opened.open(threading.Event())
    opened.close()


def test_what_cannot_be_used_is_said() -> None:
    with pytest.raises(Lost, match=r"dev-node not found\); is it connected"):
        AICamera(Path("gone.rpk"), lambda: Device)
    with pytest.raises(SourceError, match="isn't visible"):
        AICamera(NETWORK)
    camera = AICamera(NETWORK, lambda: Device)
    with pytest.raises(SourceError, match="wanted boxes"):
        camera.found({"outputs": [np.zeros((1, 1001))]}, None)

    class Nanodet(Device):
        network_intrinsics = SimpleNamespace(bbox_normalization=True, bbox_order="xy", postprocess="nanodet")

    with pytest.raises(SourceError, match=r"_pp\.rpk"):
        AICamera(NETWORK, lambda: Nanodet)
