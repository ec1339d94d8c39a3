"""The model's input, 192 to 640 pixels: what resizing, converting and writing the tensor takes."""

from __future__ import annotations

import dataclasses
import time

import numpy as np

from edgedet.inference.detector import Detector
from edgedet.inference.preprocess import Preprocessor
from tests.bench.scale.points import Curve, Point

SIDES = (192, 224, 256, 320, 416, 512, 640)


def milliseconds(side: int, repeats: int) -> float:
    """Of CPU, to bring a 1280x720 picture into an int8 tensor of ``side`` x ``side``: the least of all."""
    wanted = dataclasses.replace(Detector(threads=1).runtime.inputs[0], shape=(1, side, side, 3))
    prepare, tensor = Preprocessor(wanted, 127.5, 127.5), np.zeros(wanted.shape, wanted.dtype)
    image = np.random.default_rng(side).integers(0, 256, (720, 1280, 3), np.uint8)
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        prepare(image, tensor)
        taken.append(time.process_time() - began)
    return min(taken) * 1e3


def measure(repeats: int, sides: tuple[int, ...] = SIDES) -> list[Curve]:
    """The curve over the input's area."""
    return [
        Curve(
            "input",
            "pixels of the model's input, thousands",
            "preprocessing, CPU ms a frame",
            [Point(s * s / 1000, milliseconds(s, repeats), {"side": f"{s}"}) for s in sides],
            f"A 1280x720 picture resized, converted and written into an int8 tensor, {repeats} times, the "
            "least CPU time. The invoke itself is the model's own affair.",
        )
    ]
