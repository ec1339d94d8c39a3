"""Boxes, 1 to 500: outputs made up as if the model had found so many, then everything after invoke."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from edgedet.config.tracking import TrackingConfig
from edgedet.drawing.overlay import draw
from edgedet.inference.detector import Detector
from edgedet.inference.runtime import Runtime, Tensor
from edgedet.tracking import Tracker
from tests.bench.scale.points import Curve, Point

COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 350, 500)
SIZE = (1280, 720)
"""Of the picture that is drawn on."""

STEPS = ("decode and NMS", "track", "overlay", "JSON")

T = TypeVar("T")

_FINEST, _FINEST_EACH, _SECOND_EACH = 1200, 3, 6
"""Anchors of the finest feature map (20x20 cells of 3), and how many a cell has there and in the next one."""


class MadeUp:
    """A runtime that computes nothing and whose outputs say what they are told to.

    Args:
        real: the model's own, for its tensors.
        count: how many objects, each at another place.
    """

    def __init__(self, real: Runtime, count: int) -> None:
        self.name, self.threads, self.inputs, self.outputs = real.name, real.threads, real.inputs, real.outputs
        boxes = max(self.outputs, key=lambda each: each.shape[-1])
        scores = min(self.outputs, key=lambda each: each.shape[-1])
        cells = np.arange(count)
        rows = np.where(cells < 400, cells * _FINEST_EACH, _FINEST + (cells - 400) * _SECOND_EACH)
        self._input = np.zeros(real.inputs[0].shape, real.inputs[0].dtype)
        self._outputs = {boxes.index: _filled(boxes, 0.0), scores.index: _filled(scores, 0.0)}
        self._outputs[boxes.index][0, rows, 2:] = np.iinfo(boxes.dtype).min  # small: neighbours must not suppress it
        self._outputs[scores.index][0, rows, (cells >= 400).astype(int)] = _stored(scores, 0.9)

    def input(self) -> NDArray[Any]:
        """Memory of the right shape."""
        return self._input

    def invoke(self) -> None:
        """Nothing: the outputs stand."""

    def output(self, tensor: Tensor) -> NDArray[Any]:
        """As made up."""
        return self._outputs[tensor.index]


def _stored(tensor: Tensor, value: float) -> int:
    return round(value / tensor.scale) + tensor.zero_point


def _filled(tensor: Tensor, value: float) -> NDArray[Any]:
    return np.full(tensor.shape, _stored(tensor, value), tensor.dtype)


def times(count: int, repeats: int) -> dict[str, float]:
    """Microseconds of CPU of each step for so many boxes: the least of all repeats, which others disturb the least.

    Raises:
        RuntimeError: some of them suppressed each other: then it isn't so many.
    """
    detector = Detector(max_detections=1000, threads=1)
    detector.runtime = MadeUp(detector.runtime, count)
    small, image = (np.zeros((height, width, 3), np.uint8) for width, height in (detector.input_size, SIZE))
    tracker, least = Tracker(TrackingConfig()), dict.fromkeys(STEPS, float("inf"))

    def timed(step: str, work: Callable[[], T]) -> T:
        began = time.process_time()
        done = work()
        least[step] = min(least[step], time.process_time() - began)
        return done

    for number in range(repeats):
        found = timed("decode and NMS", lambda: detector.detect(small)).scale(SIZE[0] / 320, SIZE[1] / 320)
        if len(found) != count:
            raise RuntimeError(f"{count} boxes were made up and {len(found)} came out")
        tracked = timed("track", partial(tracker.update, found, number / 10, SIZE))
        timed("overlay", partial(draw, image, tracked))
        timed("JSON", lambda: json.dumps(tracked.to_dicts()))  # noqa: B023 - at once
    return {step: seconds * 1e6 for step, seconds in least.items()}


def measure(repeats: int, counts: tuple[int, ...] = COUNTS) -> list[Curve]:
    """A curve for each step and one of their sum."""
    found = [(count, times(count, repeats)) for count in counts]
    taken = f"Outputs made up, {repeats} times each, the least CPU time; a 1280x720 picture."
    columns = [{step: f"{each[step]:.0f}" for step in STEPS} for _, each in found]
    whole = [Point(n, sum(each.values()), also) for (n, each), also in zip(found, columns, strict=True)]
    steps = [
        Curve(
            f"boxes-{step.split()[0].lower()}",
            "boxes in a frame",
            f"{step}, CPU µs a frame",
            [Point(n, each[step]) for n, each in found],
            taken,
        )
        for step in STEPS
    ]
    return [Curve("boxes", "boxes in a frame", "all after invoke, CPU µs a frame", whole, taken), *steps]
