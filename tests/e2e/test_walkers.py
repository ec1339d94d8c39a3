"""People who walk by a network camera: an event for each, with a clip that begins before they came."""

from __future__ import annotations

import json
import signal
import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from tests.capture.servers import RtspCamera
from tests.e2e.program import edgedet, running
from tests.events.test_walkers import WALKERS
from tests.places import shared

FILM_SECONDS = 139.4
PRE_ROLL = 5.0
ROUND = 1.35
"""How many times the film is watched: round its end too, where it begins again."""


def walkers(film_seconds: float, watched: float) -> list[tuple[float, float]]:
    """When each comes and goes, in seconds since the film first began, round after round."""
    every = [
        (turn * film_seconds + first / 10, turn * film_seconds + last / 10)
        for turn in range(3)
        for first, last in WALKERS
    ]
    return [each for each in every if each[0] < watched]


@pytest.mark.slow
def test_an_event_for_each_walker_of_a_looped_stream(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with RtspCamera("--file", str(shared("data/videos/one-by-one-person-detection.mp4"))) as camera:
        arguments = ("--source", camera.url, "--no-web", "--storage", kept, "--threads", 1)
        with running(tmp_path, *arguments) as program:
            program.wait_for(" fps ", 30)
            time.sleep(ROUND * FILM_SECONDS)
            program.process.send_signal(signal.SIGTERM)
            program.process.wait(timeout=10)
            assert program.process.returncode == 0, program.text()
    events = json.loads(edgedet("events", "list", "--json", "--storage", kept).stdout)
    assert {event["label"] for event in events} == {"person"}
    assert_each_walker_once(events)
    for event in events:
        assert_clip(event)


def assert_each_walker_once(events: list[dict[str, Any]]) -> None:
    """The film's beginning isn't on our clock: what is between the walkers' comings is."""
    came = walkers(FILM_SECONDS, 10 * FILM_SECONDS)
    assert len(events) in (8, 9), [event["started"] for event in events]
    for (one, two), (first, second) in zip(pairwise(events), pairwise(came), strict=False):
        assert two["begin"] - one["begin"] == pytest.approx(second[0] - first[0], abs=2)
    for event, (begin, end) in zip(events[:-1], came, strict=False):
        assert event["end"] - event["begin"] == pytest.approx(end - begin, abs=2)
    assert len({event["track_id"] for event in events}) == len(events)


def assert_clip(event: dict[str, Any]) -> None:
    clip = event["files"]["clip"]
    assert clip["begin"] <= event["begin"] - PRE_ROLL
    with av.open(clip["path"]) as film:
        (stream,) = film.streams
        times = [float(packet.pts * packet.time_base) for packet in film.demux(stream) if packet.pts is not None]
        seconds = max(times) - min(times)
        assert seconds == pytest.approx(clip["seconds"], abs=0.5)
        assert clip["begin"] + seconds >= event["end"] - 0.5
        for part in (Fraction(1, 4), Fraction(3, 4)):
            wanted = seconds * float(part)
            film.seek(round(wanted * av.time_base))
            frame = next(film.decode(video=0))
            assert frame.time is not None
            assert wanted - 2.1 <= frame.time <= wanted + 0.1  # a key frame at least each two seconds
