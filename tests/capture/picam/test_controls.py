"""Every control: what is sent, and what is said where it can't be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from edgedet.capture.picam.controls import controls_for
from edgedet.capture.picam.testcamera.sensor import controls_of
from edgedet.config import SourceConfig
from edgedet.config.camera_controls import CameraControls
from edgedet.errors import SourceError
from tests.capture.picam.rigs import driver, opened

OFFERED = controls_of("imx708", (1280, 720))


def sent(offered: Any = OFFERED, streams: int = 1, **keys: Any) -> dict[str, Any]:
    return controls_for(SourceConfig(**keys), offered, "imx708", streams)


@pytest.mark.parametrize(
    ("keys", "controls"),
    [
        ({}, {}),
        ({"autofocus": "continuous"}, {"AfMode": 2}),
        ({"autofocus": "once"}, {"AfMode": 1, "AfTrigger": 0}),
        ({"focus_range": "macro", "focus_speed": "fast"}, {"AfRange": 1, "AfSpeed": 1}),
        ({"lens_position": 0.0}, {"AfMode": 0, "LensPosition": 0.0}),
        ({"autofocus": "manual", "lens_position": 2.5}, {"AfMode": 0, "LensPosition": 2.5}),
        ({"exposure": 0.01}, {"ExposureTime": 10000}),
        ({"exposure": 0.05}, {"ExposureTime": 50000, "FrameDurationLimits": (50000, 50000)}),
        ({"gain": 4.0}, {"AnalogueGain": 4.0}),
        ({"ev": -1.5}, {"ExposureValue": -1.5}),
        ({"metering": "spot"}, {"AeMeteringMode": 1}),
        ({"white_balance": "cloudy"}, {"AwbMode": 6}),
        ({"hdr": "single"}, {"HdrMode": 3}),
        ({"hdr": "off"}, {"HdrMode": 0}),
        ({"brightness": 0.5, "contrast": 1.5}, {"Brightness": 0.5, "Contrast": 1.5}),
        ({"saturation": 0.0, "sharpness": 2.0}, {"Saturation": 0.0, "Sharpness": 2.0}),
        ({"noise_reduction": "best"}, {"NoiseReductionMode": 2}),
        ({"fps": 10.0}, {"FrameDurationLimits": (100000, 100000)}),
        ({"roi": "0.25,0.5,0.5,0.5"}, {"ScalerCrop": (1152, 1296, 2304, 1296)}),
        ({"roi": "0,0,1,1"}, {"ScalerCrop": (0, 0, 4608, 2592)}),
    ],
)
def test_what_is_sent(keys: dict[str, Any], controls: dict[str, Any]) -> None:
    assert sent(**keys) == controls


def test_what_is_sent_is_of_the_controls_own_type() -> None:
    values = sent(exposure=0.01, gain=4, metering="spot")
    assert {name: type(value) for name, value in values.items()} == {
        "ExposureTime": int,
        "AnalogueGain": float,
        "AeMeteringMode": int,
    }


@pytest.mark.parametrize(
    ("keys", "control"),
    [
        ({"autofocus": "continuous"}, "AfMode"),
        ({"focus_range": "full"}, "AfRange"),
        ({"focus_speed": "fast"}, "AfSpeed"),
        ({"lens_position": 1.0, "autofocus": "manual"}, "LensPosition"),
        ({"exposure": 0.01}, "ExposureTime"),
        ({"gain": 2.0}, "AnalogueGain"),
        ({"ev": 1.0}, "ExposureValue"),
        ({"metering": "matrix"}, "AeMeteringMode"),
        ({"white_balance": "indoor"}, "AwbMode"),
        ({"hdr": "night"}, "HdrMode"),
        ({"brightness": 0.1}, "Brightness"),
        ({"contrast": 2.0}, "Contrast"),
        ({"saturation": 2.0}, "Saturation"),
        ({"sharpness": 2.0}, "Sharpness"),
        ({"noise_reduction": "off"}, None),
        ({"noise_reduction": "fast"}, "NoiseReductionMode"),
        ({"fps": 10.0}, "FrameDurationLimits"),
        ({"roi": "0,0,0.5,0.5"}, "ScalerCrop"),
    ],
)
def test_a_control_that_is_not_offered_names_the_key(keys: dict[str, Any], control: str | None) -> None:
    offered = {name: value for name, value in OFFERED.items() if name != (control or "NoiseReductionMode")}
    if control is None:  # what isn't there is off
        assert sent(offered, **keys) == {}
        return
    key = next(iter(keys))
    with pytest.raises(SourceError) as caught:
        sent(offered, **keys)
    assert str(caught.value) == f"{key} isn't offered by imx708; leave out source.{key}"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"gain": 40.0}, "gain = 40 is out of imx708's range, 1 to 16; change source.gain"),
        ({"exposure": 1e-6}, "exposure = 1e-06 is out of imx708's range, 2.6e-05 to 112.015; change source.exposure"),
        ({"lens_position": 50.0}, "lens_position = 50 is out of imx708's range, 0 to 32; change source.lens_position"),
        ({"exposure": 0.2, "fps": 30.0}, "exposure = 0.2 is longer than a frame at 30 a second; lower source.fps to 5"),
        ({"fps": 500.0}, "fps = 500 is out of imx708's range in this mode, 0.1 to 120.005 frames a second"),
        ({"roi": "0.1,0.1,0.01,0.01"}, "roi = 0.1,0.1,0.01,0.01 is smaller than imx708 can zoom into (64x64"),
    ],
)
def test_a_value_out_of_range_names_the_range(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(SourceError) as caught:
        sent(**keys)
    assert str(caught.value).startswith(said)


def test_a_choice_out_of_range_names_the_others() -> None:
    with pytest.raises(
        SourceError, match=r"white_balance = cloudy isn't offered by imx708; .* may be auto, incandescent$"
    ):
        sent(OFFERED | {"AwbMode": (0, 1, 0)}, white_balance="cloudy")


def test_a_range_that_says_nothing_refuses_nothing() -> None:
    assert sent(OFFERED | {"AnalogueGain": (0.0, 0.0, None)}, gain=40.0) == {"AnalogueGain": 40.0}


@pytest.mark.parametrize("roi", ["0.1,0.2,0.5,0.25", "0.6,0.6,0.1,0.4", "0,0,1,0.1"])
def test_a_region_keeps_the_pictures_shape_and_holds_what_was_asked_for(roi: str) -> None:
    x, y, width, height = sent(roi=roi)["ScalerCrop"]
    assert width / height == pytest.approx(16 / 9, rel=0.01)
    wanted = [float(part) for part in roi.split(",")]
    assert x <= wanted[0] * 4608 + 1
    assert y <= wanted[1] * 2592 + 1
    assert x + width >= (wanted[0] + wanted[2]) * 4608 - 1
    assert y + height >= (wanted[1] + wanted[3]) * 2592 - 1
    assert x + width <= 4609
    assert y + height <= 2593


def test_a_pi_5_crops_each_stream() -> None:
    offered = OFFERED | {"ScalerCrops": OFFERED["ScalerCrop"]}
    assert sent(offered, 2, roi="0,0,0.5,0.5") == {"ScalerCrops": [(0, 0, 2304, 1296)] * 2}


def test_the_camera_gets_them_before_it_starts() -> None:
    with driver(autofocus="continuous", fps=50, gain=2.0) as (_, rig, _):
        controls = rig.cameras[0]._controls
        assert controls == {"AfMode": 2, "AnalogueGain": 2.0, "FrameDurationLimits": (20000, 20000)}


def test_the_error_of_a_camera_without_autofocus() -> None:
    words = r"^picam: autofocus isn't offered by imx219; leave out source.autofocus$"
    with pytest.raises(SourceError, match=words), opened(wanted=1, autofocus="continuous"):
        pass


def test_the_sensors_own_hdr_is_only_the_imx708s() -> None:
    words = r"hdr = sensor isn't offered by imx219, only by imx708; change source.hdr"
    with pytest.raises(SourceError, match=words), opened(wanted=1, hdr="sensor"):
        pass


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"rotation": 90}, "can't turn its picture by 90 degrees; mount it upright or upside down"),
        ({"rotation": 45}, "45 is neither 0 nor 180"),
        ({"roi": "0.5,0.5,0.6,0.5"}, "is no part of the picture"),
        ({"roi": "0,0,0,0"}, "is no part of the picture"),
        ({"roi": "all"}, "is no part of the picture"),
        ({"mode": "full"}, "is no sensor mode"),
        ({"small": "321x240"}, "has an odd side"),
        ({"small": "little"}, "is no size"),
        ({"lens_position": 1.0, "autofocus": "once"}, 'lens_position: autofocus = "once" moves the lens itself'),
    ],
)
def test_settings_that_no_camera_could_follow(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SourceConfig(**keys)


def test_every_key_leaves_the_camera_alone_by_default() -> None:
    assert sent() == {}
    assert set(CameraControls.model_fields) <= set(SourceConfig.model_fields)
