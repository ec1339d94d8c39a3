"""What one frame costs, step by step, in the program as it runs: its own threads, classes and publishers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from edgedet.bench.spans import Spans, Totals, Watched
from edgedet.bench.turn import PipelineTurn
from edgedet.camera import Camera
from edgedet.capture.video import BgrConverter
from edgedet.config import MjpegConfig
from edgedet.events.lifecycle import EventMaker
from edgedet.inference import detector as detecting
from edgedet.inference.detector import Detector
from edgedet.inference.looked import RawOutputs
from edgedet.inference.preprocess import Preprocessor
from edgedet.publish import Publisher
from edgedet.publish import feed as feeding
from edgedet.publish.feed import Feed
from edgedet.publish.jsonl import JsonlPublisher
from edgedet.tracking import Tracker
from edgedet.types import FrameResult


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the work on one frame, without the parts of it that are steps themselves.

    Attributes:
        path: the thread it runs in, the steps it is part of, and its name.
        wall_ms: milliseconds on the clock, waiting for the processor and for Python's lock included.
        cpu_ms: milliseconds on the processor, of its own thread.
    """

    path: tuple[str, ...]
    wall_ms: float
    cpu_ms: float

    @property
    def name(self) -> str:
        """What is done."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Budget:
    """What one frame costs.

    Attributes:
        steps: thread by thread, in the order they are done.
        frames: over how many it was measured.
        interval_ms: milliseconds from one frame to the next.
        cpu_ms: milliseconds on the processor of one frame, all threads.
    """

    steps: tuple[Step, ...]
    frames: int
    interval_ms: float
    cpu_ms: float

    @property
    def unexplained_ms(self) -> float:
        """Milliseconds on the processor that belong to no step: hand-overs, and threads of libraries."""
        return self.cpu_ms - sum(step.cpu_ms for step in self.steps)

    @property
    def waiting_ms(self) -> float:
        """Milliseconds between two frames in which the detect thread was in no step: waiting, mostly."""
        return self.interval_ms - sum(step.wall_ms for step in self.steps if step.path[0] == "detect")

    def to_dict(self) -> dict[str, Any]:
        """The object of ``edgedet bench --budget --json``; ``share`` is of all the processor's time."""
        return {
            "frames": self.frames,
            "interval_ms": round(self.interval_ms, 3),
            "cpu_ms": round(self.cpu_ms, 3),
            "unexplained_ms": round(self.unexplained_ms, 3),
            "waiting_ms": round(self.waiting_ms, 3),
            "steps": [
                {
                    "thread": step.path[0],
                    "step": step.name,
                    "within": list(step.path[1:-1]),
                    "wall_ms": round(step.wall_ms, 4),
                    "cpu_ms": round(step.cpu_ms, 4),
                    "share": round(step.cpu_ms / self.cpu_ms, 4),
                }
                for step in self.steps
            ],
        }


class _Live:
    """The live picture as somebody who watches it makes it: drawn and encoded, sent to nobody."""

    name = "live"

    def __init__(self) -> None:
        config = MjpegConfig()
        self._feed = Feed(config.quality, config.width, 1)
        self._feed.enter()

    def open(self) -> None:
        pass

    def publish(self, result: FrameResult) -> None:
        self._feed.put(result)

    def close(self) -> None:
        self._feed.close()


def budget(detector: Detector, camera: Camera, frames: int = 240) -> Budget:
    """Measure the whole pipeline with a viewer and JSON lines, every step timed where it is done.

    Args:
        detector: the model, already warm.
        camera: with a source that isn't live and doesn't end.
        frames: how many, a few more to warm up not counted.
    """
    spans, watched = Spans(), _watched(detector, camera)
    found: Totals = {}
    with tempfile.TemporaryDirectory() as folder, spans.timing(watched):
        publishers: list[Publisher] = [_Live(), JsonlPublisher(str(Path(folder) / "lines.jsonl"))]
        turn = PipelineTurn(camera, detector, publishers, frames, spans.clear, lambda: found.update(spans.totals()))
    return Budget(_steps(found, watched, frames), frames, 1e3 / turn.fps, turn.cpu_ms)


def _watched(detector: Detector, camera: Camera) -> Sequence[Watched]:
    """In the order they are done."""
    return (
        (type(camera.source), "read", "capture, decode"),
        (BgrConverter, "__call__", "colour conversion"),
        (type(detector), "look", "detector"),
        (Preprocessor, "_write", "preprocess"),
        (cv2, "resize", "resize"),
        (cv2, "cvtColor", "channel order"),
        (Preprocessor, "_quantize", "tensor write"),
        (type(detector.runtime), "invoke", "invoke"),
        (RawOutputs, "found", "detections"),
        (type(detector.head), "decode", "decode head"),
        (detecting, "non_maximum_suppression", "NMS"),
        (Camera, "watch", "watch"),
        (Tracker, "update", "track"),
        (EventMaker, "update", "events"),
        (_Live, "publish", "live picture"),
        (feeding, "draw", "overlay"),
        (cv2, "imencode", "JPEG"),
        (JsonlPublisher, "publish", "JSON line"),
    )


def _steps(totals: Totals, watched: Sequence[Watched], frames: int) -> tuple[Step, ...]:
    """Each path's time less that of the paths right below it; thread by thread, parents before children."""
    own = {path: list(spent) for path, spent in totals.items()}
    for path, spent in totals.items():
        if path[:-1] in own:
            own[path[:-1]][0] -= spent[0]
            own[path[:-1]][1] -= spent[1]
    order = {name: number for number, (_, _, name) in enumerate(watched)}
    first = {path[0]: order[path[1]] for path in sorted(own, key=lambda path: -order[path[1]])}
    done = sorted(own, key=lambda path: (first[path[0]], [order[name] for name in path[1:]]))
    return tuple(Step(path, own[path][0] / frames * 1e3, own[path][1] / frames * 1e3) for path in done)
