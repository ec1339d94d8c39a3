from __future__ import annotations

import os

import numpy as np
import pytest

from edgedet.display.memory import FrameMemory
from tests.display.desk import scenery


def test_pictures_arrive_also_when_there_are_more_than_before() -> None:
    ours = FrameMemory.create()
    theirs = FrameMemory(os.dup(ours.handle))
    try:
        for images in ([scenery(64, 48)], [scenery(640, 360), scenery(32, 32, 9)], [scenery(100, 30, 5)]):
            for image, offset in zip(images, ours.write(images), strict=True):
                assert np.array_equal(theirs.view(offset, image.shape), image)
    finally:
        ours.close()
        theirs.close()
    theirs.close()


def test_nothing_is_left_of_it() -> None:
    memory = FrameMemory.create()
    memory.write([scenery()])
    handle = memory.handle
    memory.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handle)
