"""The levers on a real pipeline: another number of threads, another model, while it runs."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import pytest

from edgedet.board import RealBoard
from edgedet.camera import Camera
from edgedet.config import Config
from edgedet.config.model import ModelConfig
from edgedet.control import Control
from edgedet.detecting import Detecting
from edgedet.errors import ConfigError
from edgedet.governor import build_governor
from edgedet.governor.ladder import Rung
from edgedet.governor.levers import Levers
from edgedet.governor.rungs import rungs_of
from edgedet.inference.detector import Detector
from edgedet.stages import build_detector
from tests.drivers import PictureSource, blank
from tests.places import MODEL, ROOT

SMALL = ROOT / "models/starter-256-int8.tflite"
NAME = "front"


@pytest.fixture
def detecting() -> Detecting:
    camera = Camera(PictureSource(blank(), fps=30, live=True), NAME)
    return Detecting({NAME: camera}, Detector(threads=2), lambda _: None, lambda _: None)


def test_another_detector_takes_over_between_two_frames(detecting: Detecting) -> None:
    levers, first = Levers(Config(), detecting, build_detector), detecting.detector
    slot = detecting.frames[NAME]
    source = PictureSource(blank(), count=3, live=True)
    frame = source.read()
    threads = [threading.Thread(target=target) for target in (detecting.run, detecting.tell)]
    for thread in threads:
        thread.start()
    try:
        assert levers.run(Rung(SMALL, 1))
        slot.put(frame)
        deadline = time.monotonic() + 5
        while detecting.newest(NAME) is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert detecting.about() | {"most_fps": 0} == {
            "model": str(SMALL), "runtime": first.runtime.name, "threads": 1, "most_fps": 0,
        }  # fmt: skip
        assert levers.run(Rung(None, 2))
        slot.put(source.read())
        while detecting.detector is not first and time.monotonic() < deadline:
            time.sleep(0.01)
        assert detecting.detector is first, "it was kept: going back costs nothing"
    finally:
        detecting.stop()
        for thread in threads:
            thread.join(5)


def test_a_model_that_cant_be_loaded_changes_nothing(
    detecting: Detecting, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.tflite"
    broken.write_bytes(SMALL.read_bytes()[:1000])
    levers = Levers(Config(), detecting, build_detector)
    assert not levers.run(Rung(broken, 1))
    assert "broken.tflite on 1 threads can't be used" in caplog.text


def test_a_model_with_other_labels_is_refused(detecting: Detecting, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("cat\ndog\nperson\n")
    config = Config(model=ModelConfig(labels=labels))
    assert not Levers(config, detecting, build_detector).run(Rung(SMALL, 1))


def test_the_next_smaller_model_is_found_by_itself(detecting: Detecting) -> None:
    rungs = rungs_of(detecting.detector, "auto")
    assert [(rung.model and rung.model.name, rung.threads) for rung in rungs] == [
        (None, 2), (None, 1), (SMALL.name, 2), (SMALL.name, 1),
    ]  # fmt: skip
    assert [rung.model for rung in rungs_of(detecting.detector, "none")] == [None, None]
    assert rungs_of(Detector(SMALL, threads=1), "auto") == (Rung(None, 1),), "there is none that is smaller"


def test_a_smaller_model_that_isnt_here_is_said(detecting: Detecting, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    assert len(rungs_of(detecting.detector, "starter-255")) == 2
    assert "starter-255" in caplog.text
    assert len(rungs_of(detecting.detector, str(MODEL))) == 4


def test_a_pc_has_no_governor_unless_it_is_asked_for(detecting: Detecting) -> None:
    if RealBoard().name.startswith("Raspberry Pi"):
        pytest.skip("needs a machine that is no Raspberry Pi")
    control: Control = None  # type: ignore[assignment]  # asked for nothing here
    assert build_governor(_config(most_fps=4.0), control, detecting) is None
    assert detecting.most_fps == 4, "what the user wants holds without a governor too"
    assert build_governor(_config(enabled="off", board="simulated"), control, detecting) is None
    found = build_governor(_config(board="simulated:30"), control, detecting)
    assert found is not None
    assert found.report()["board"].startswith("Raspberry Pi 4")
    with pytest.raises(ConfigError, match=r"governor\.board"):
        build_governor(_config(enabled="on", board="toaster"), control, detecting)


def _config(**governor: object) -> Config:
    return Config.model_validate({"governor": governor})


def test_a_floor_above_the_most_is_refused() -> None:
    with pytest.raises(ValueError, match="floor_fps: 3 is more than most_fps allows, 2"):
        _config(most_fps=2.0)
