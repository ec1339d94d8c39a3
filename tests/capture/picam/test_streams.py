"""The small picture and the flips: what is asked for, and what is made of what comes."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from edgedet.capture.picam.testcamera import Faults, Rig
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.stages import suited
from tests.capture.picam.rigs import driver, frame, opened, shot


class Wants:
    """What of a detector matters here."""

    def __init__(self, resize: str, width: int, height: int, file: str = "net.tflite") -> None:
        self.resize, self.input_size = resize, (width, height)
        self.model = SimpleNamespace(path=Path(file))


@pytest.mark.parametrize(
    ("resize", "size", "wants", "small"),
    [
        ("stretch", (1280, 720), (320, 320), "320x320"),
        ("letterbox", (1280, 720), (320, 320), "320x180"),
        ("letterbox", (640, 480), (300, 300), "300x224"),
        ("letterbox", (1281, 721), (256, 256), "256x144"),
        ("letterbox", (4000, 20), (256, 256), "256x2"),
        ("stretch", (1280, 720), (321, 301), "320x300"),
    ],
)
def test_auto_is_what_the_detector_would_scale_to(
    resize: str, size: tuple[int, int], wants: tuple[int, int], small: str
) -> None:
    source = SourceConfig(uri="picam:", width=size[0], height=size[1])
    assert suited(source, Wants(resize, *wants)).small == small  # type: ignore[arg-type]


def test_an_ai_camera_runs_the_network_and_scales_nothing() -> None:
    source = suited(SourceConfig(uri="picam:"), Wants("none", 0, 0, "net.rpk"))  # type: ignore[arg-type]
    assert (source.small, source.network) == ("off", Path("net.rpk"))


@pytest.mark.parametrize("uri", ["demo:", "0", "rtsp://127.0.0.1/x"])
def test_only_a_camera_module_has_one(uri: str) -> None:
    source = SourceConfig(uri=uri)
    assert suited(source, Wants("stretch", 320, 320)) is source  # type: ignore[arg-type]


@pytest.mark.parametrize("small", ["off", "auto", "320x240", "640x480", "400x100"])
def test_none_where_there_is_nothing_to_gain(small: str) -> None:
    with opened(small=small) as (source, _):
        assert source.status().detail == "imx708 RGB888 320x240"
        assert frame(source).small is None


def test_a_camera_that_refuses_goes_on_without_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with opened(Rig(Faults(lores=False)), small="160x120") as (source, rig):
        assert frame(source).small is None
        rig.stall()
        assert frame(source).small is None or source.status().reconnects == 1
        while source.status().reconnects == 0:
            frame(source)
    assert sum("refuses a small picture of 160x120" in each.message for each in caplog.records) == 1


@pytest.mark.parametrize("odd", [{"size": (320, 240)}, {"format": "MJPEG"}, {"size": (161, 120)}])
def test_a_small_picture_of_no_use_is_left_out(odd: dict[str, Any]) -> None:
    class Adjusts(Rig):
        """As libcamera's virtual camera, whose second stream is as large as the first."""

        def __call__(self, number: int = 0) -> Any:
            camera = super().__call__(number)
            plain = camera.camera_configuration

            def changed() -> dict[str, Any]:
                config = plain()
                return config | {"lores": config["lores"] | odd} if config["lores"] else config

            camera.camera_configuration = changed  # type: ignore[method-assign]
            return camera

    with opened(Adjusts(), small="160x120") as (source, rig):
        assert source.status().detail == "imx708 RGB888 320x240"
        assert rig.cameras[0]._config["lores"] is None  # not only unread: not even asked for
        assert frame(source).small is None


@pytest.mark.parametrize(
    ("keys", "code"),
    [({"rotation": 180}, -1), ({"hflip": True}, 1), ({"vflip": True}, 0), ({"rotation": 180, "hflip": True}, 0)],
)
def test_turned_and_flipped(keys: dict[str, Any], code: int) -> None:
    with driver() as (made, _, _):
        plain = shot(made).picture()
    with driver(**keys) as (made, _, _):
        flipped = shot(made).picture()
    assert plain is not None
    assert flipped is not None
    as_wanted, as_not = (np.abs(each.astype(int) - flipped).mean() for each in (cv2.flip(plain, code), plain))
    assert as_wanted < 4 < 20 < as_not  # the scene may have moved a little between the two


def test_turned_twice_is_not_turned() -> None:
    with driver(rotation=180, hflip=True, vflip=True) as (_, rig, _):
        assert rig.cameras[0].camera_configuration()["transform"] is None


def test_a_camera_that_ignores_a_flip_is_refused() -> None:
    class Stiff(Rig):
        def __call__(self, number: int = 0) -> Any:
            camera = super().__call__(number)
            plain = camera.camera_configuration
            camera.camera_configuration = lambda: plain() | {"transform": None}  # type: ignore[method-assign]
            return camera

    with pytest.raises(SourceError, match="can't turn or flip its picture; leave out"), opened(Stiff(), hflip=True):
        pass


def test_a_sensor_mode_is_asked_for_or_those_there_are_named() -> None:
    with driver(mode="2304x1296:10") as (_, rig, _):
        assert rig.cameras[0].camera_configuration()["sensor"] == {"output_size": (2304, 1296), "bit_depth": 10}
    with pytest.raises(SourceError, match=r"no sensor mode 99x99; there are 1536x864:10 \(120.13 fps\), 2304"):
        driver(mode="99x99").__enter__()
