"""What the service manager is told, second by second."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edgedet.capture import SourceStatus
from edgedet.config import CameraConfig, Config, SourceConfig
from edgedet.supervised import Supervised
from edgedet.supervised.manager import Manager
from edgedet.supervised.service import WAITS
from tests.supervised.manager import Heard, listening
from tests.supervised.porch import Place, Porch


@dataclass
class House:
    """One camera, and what :class:`edgedet.control.Control` says of it."""

    porch: Porch
    config: Config
    stops: bool = False

    @property
    def cameras(self) -> tuple[Porch]:
        return (self.porch,)

    def about(self) -> Mapping[str, Any]:
        return {"most_fps": 0.0}

    @property
    def monitor(self) -> House:
        return self

    settings = monitor


@dataclass
class Play:
    """Lets the service look, a second after the other."""

    house: House
    heard: Heard
    supervised: Supervised
    now: float = field(default_factory=time.monotonic)

    def passes(self, seconds: int, films: bool = False, looks: bool = False) -> str:
        """All that was said meanwhile."""
        self.heard.messages.clear()
        for _ in range(seconds):
            self.now += 1
            self.house.porch.capture.frames += films
            self.house.porch.detect.frames += films
            self.house.porch.looked += looks
            self.supervised.look(self.now)
            self.heard.drain()  # or it would wait for room
        return "\n".join(message for _, message in self.heard.messages)


def play(heard: Heard, uri: str, state: str = "open", detail: str = "") -> Play:
    source = SourceConfig(uri=uri)
    porch = Porch(Place(uri))
    porch.place.now = SourceStatus(state, detail)
    house = House(porch, Config(camera=(CameraConfig(name="porch", source=source),)))
    supervised = Supervised(house, Manager(heard.address), 3.0, lambda: house.stops)  # type: ignore[arg-type]
    supervised.open()
    return Play(house, heard, supervised)


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[Heard]:
    with listening(str(tmp_path / "notify")) as heard:
        yield heard


def test_frames_alone_are_not_ready(heard: Heard) -> None:
    it = play(heard, "picam:")
    assert "READY" not in it.passes(10, films=True)
    assert "READY=1" in it.passes(1, films=True, looks=True)
    assert it.supervised.report()["trouble"] == []
    assert it.passes(20, films=True, looks=True).count("WATCHDOG=1") == 20


def test_a_camera_of_the_board_that_gives_nothing_does_not_extend_the_start(heard: Heard) -> None:
    it = play(heard, "picam:", "opening")
    said = it.passes(100)
    assert "EXTEND" not in said
    assert "READY" not in said
    assert "STATUS=opening" in said


def test_a_network_camera_extends_the_start_and_is_given_up_waiting_for(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    it = play(heard, "rtsp://10.0.0.7/live", "reconnecting", "no answer for 10 s")
    said = it.passes(int(WAITS) - 1)
    assert said.count("EXTEND_TIMEOUT_USEC=20000000") == WAITS - 1
    assert "READY" not in said
    assert "STATUS=reconnecting (no answer for 10 s)" in said
    with caplog.at_level(logging.WARNING):
        assert "READY=1" in it.passes(2)
    assert caplog.messages == ["porch is away (no answer for 10 s); ready without"]
    assert "WATCHDOG=1" in it.passes(1000)  # a new start would not bring it back


def test_what_stands_still_is_not_fed_and_that_is_said_once(heard: Heard, caplog: pytest.LogCaptureFixture) -> None:
    it = play(heard, "picam:")
    it.passes(5, films=True, looks=True)
    caplog.clear()
    with caplog.at_level(logging.INFO):
        it.passes(16)
        said = it.passes(20)
        assert "WATCHDOG" not in said
        assert "STATUS=porch: no frame for" in said
        assert len(caplog.messages) == 1
        assert caplog.messages[0].startswith("the watchdog isn't fed any more: porch: no frame for 1")
        assert "WATCHDOG=1" in it.passes(2, films=True, looks=True)
    assert caplog.messages[1:] == ["everything advances again"]


def test_who_was_stopped_as_a_whole_begins_anew(heard: Heard) -> None:
    it = play(heard, "picam:")
    it.passes(5, films=True, looks=True)
    it.now += 3600
    assert "WATCHDOG=1" in it.passes(1)
