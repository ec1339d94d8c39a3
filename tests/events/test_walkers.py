"""A film of people who walk through a room, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import cv2
import pytest

from edgedet.config import DetectConfig, MotionConfig, TrackingConfig
from edgedet.event import Event
from edgedet.events.lifecycle import EventMaker
from edgedet.events.motion import MotionGate
from edgedet.inference.detector import Detector
from edgedet.tracking import Tracker
from edgedet.types import Detections, Frame
from tests.events.scene import NOON
from tests.places import shared

WALKERS = ((60, 198), (227, 448), (502, 699), (744, 868), (921, 1199), (1234, 1360))
"""First and last frame in which each is seen, hand-counted from the frames: six, never two at once. Each comes from
below, stands before the table, and goes to the right. Only their shadows are seen some frames longer."""
TEN_FRAMES = 1.0
"""Seconds."""


def frames() -> Iterator[Frame]:
    capture = cv2.VideoCapture(str(shared("data/videos/one-by-one-person-detection.mp4")))
    for i in range(10_000):
        read, image = capture.read()
        if not read:
            return
        yield Frame(image, i, i / 10, i / 10, i / 10, NOON + timedelta(seconds=i / 10), "film")


@cache
def watch(gated: bool) -> tuple[list[Event], list[int], int]:
    """The events as they ended; the frames looked at; how many there are in all."""
    detector = Detector(confidence=TrackingConfig().low, threads=1)
    tracker = Tracker(TrackingConfig(), DetectConfig().confidence)
    maker = EventMaker("front", {}, {}, {}, detector.labels)
    gate, last = MotionGate(MotionConfig()), Detections.empty(detector.labels)
    changes, looks, count = [], list[int](), 0
    for frame in frames():
        count += 1
        looked = gate(frame) or not gated
        if looked:
            last = tracker.update(detector.detect(frame.image), frame.elapsed, (frame.width, frame.height))
            looks.append(frame.index)
        else:
            tracker.hold(frame.elapsed)
        changes += maker.update(frame, last, tracker.is_stationary, looked)
    changes += maker.close()
    return [each.event for each in changes if each.event.phase == "end"], looks, count


@pytest.mark.slow
@pytest.mark.parametrize("gated", [False, True])
def test_each_walker_is_one_event(gated: bool) -> None:
    events, _, count = watch(gated)
    assert count == 1394
    assert [event.label for event in events] == ["person"] * len(WALKERS)
    for event, (first, last) in zip(events, WALKERS, strict=True):
        assert first / 10 <= event.begin <= first / 10 + TEN_FRAMES
        assert last / 10 - TEN_FRAMES <= event.end <= last / 10 + TEN_FRAMES
        assert first / 10 <= event.best_at <= last / 10
    assert len({event.track_id for event in events}) == len(WALKERS)


@pytest.mark.slow
def test_the_gate_changes_no_event_and_spares_the_empty_room() -> None:
    always, gated = watch(False), watch(True)
    assert [(event.begin, event.end) for event in gated[0]] == [(event.begin, event.end) for event in always[0]]
    someone = sum(last - first + 1 for first, last in WALKERS)
    assert len(gated[1]) - someone < 0.7 * (gated[2] - someone)


@pytest.mark.slow
def test_whoever_comes_is_looked_at_within_two_frames() -> None:
    _, looks, _ = watch(True)
    late = [next(index for index in looks if index >= first) - first for first, _ in WALKERS]
    print(f"frames from a walker's first to the first look: {late}")
    assert max(late) <= 2
