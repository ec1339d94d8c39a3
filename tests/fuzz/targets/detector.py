"""The whole program on a broken model: it says so in a line, or works after all; LiteRT may take a process with it."""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import numpy as np

from tests.fuzz import models
from tests.fuzz.command import complaints
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import folder, put

LONGEST = 4
SECONDS = 220  # an unknown model alone may take 120 before it is given up


@functools.cache
def _start() -> tuple[list[bytes], Path]:
    picture = folder() / "picture.png"
    cv2.imwrite(str(picture), np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8))
    return models.whole_models(), picture


def case(data: bytes) -> None:
    """The bytes are the number of a mutant: see :mod:`tests.fuzz.models`."""
    whole, picture = _start()
    what, content = models.mutate(int.from_bytes(data, "little"), whole)
    mutant = put("mutant.tflite", content)
    wrong = complaints(folder(), mutant, "detect", str(picture), "-m", str(mutant), "--json", "-c", "0.1")
    if wrong:
        raise Wrong(f"{what}: {wrong}")


def seeds() -> list[bytes]:
    return [bytes([number]) for number in range(4)]
