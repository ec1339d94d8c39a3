"""Pictures out of buffers, against a reference that goes pixel by pixel."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edgedet.capture.picam.pixels import FORMATS, Layout, to_bgr
from edgedet.capture.picam.testcamera.scene import write

PACKED = {"RGB888": (2, 1, 0, 3), "BGR888": (0, 1, 2, 3), "XRGB8888": (2, 1, 0, 4), "XBGR8888": (0, 1, 2, 4)}
"""Where red, green and blue are in a pixel's bytes, and how many there are."""


def reference(buffer: NDArray[np.uint8], layout: Layout) -> NDArray[np.uint8]:
    """The picture by the formats' definitions: planes taken apart by hand, colours by OpenCV's YUV 4:4:4 arithmetic."""
    width, height, stride = layout.width, layout.height, layout.stride
    picture = np.empty((height, width, 3), np.uint8)
    if layout.format in PACKED:
        red, green, blue, size = PACKED[layout.format]
        for y in range(height):
            for x in range(width):
                pixel = buffer[y * stride + x * size :]
                picture[y, x] = pixel[blue], pixel[green], pixel[red]
        return picture
    planes = np.zeros((height * 3 // 2, width), np.uint8)
    chroma = height * stride
    for y in range(height):
        planes[y] = buffer[y * stride : y * stride + width]
    for plane in range(2):
        place = 1 - plane if layout.format in ("YVU420", "NV21") else plane
        for y in range(height // 2):
            for x in range(width // 2):
                if layout.format.startswith("NV"):
                    value = buffer[chroma + y * stride + 2 * x + plane]
                else:
                    value = buffer[chroma + (plane * height // 2 + y) * (stride // 2) + x]
                planes[height:].reshape(2, height // 2, width // 2)[place, y, x] = value
    return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420), np.uint8)


@st.composite
def filled(draw: st.DrawFn) -> tuple[NDArray[np.uint8], Layout]:
    """A buffer of noise, as long as it must be or longer, and how a picture lies in it."""
    name = draw(st.sampled_from(FORMATS))
    width, height = draw(st.integers(1, 24)), draw(st.integers(1, 12))
    if name not in PACKED:
        width, height = 2 * width, 2 * height
    least = width * PACKED[name][3] if name in PACKED else width
    stride = least + 2 * draw(st.integers(0, 20))
    size = stride * (height if name in PACKED else height * 3 // 2) + draw(st.integers(0, 5000))
    noise = np.random.default_rng(draw(st.integers(0, 2**32 - 1))).integers(0, 256, size, dtype=np.uint8)
    return noise, Layout(name, width, height, stride)


@given(filled())
def test_any_format_size_and_padding(case: tuple[NDArray[np.uint8], Layout]) -> None:
    buffer, layout = case
    picture = to_bgr(buffer, layout)
    assert picture.flags.c_contiguous
    assert picture.flags.owndata or not np.shares_memory(picture, buffer)
    assert np.array_equal(picture, reference(buffer, layout))


@given(filled())
def test_a_read_only_buffer_does(case: tuple[NDArray[np.uint8], Layout]) -> None:
    buffer, layout = case
    buffer.setflags(write=False)
    to_bgr(buffer, layout)[:] = 0


@given(filled(), st.integers(1, 64))
def test_a_buffer_that_is_too_short_is_refused(case: tuple[NDArray[np.uint8], Layout], missing: int) -> None:
    buffer, layout = case
    needed = layout.stride * (layout.height if layout.format in PACKED else layout.height * 3 // 2)
    with pytest.raises(ValueError, match="too short"):
        to_bgr(buffer[: max(0, needed - missing)], layout)


@pytest.mark.parametrize("size", [(3, 2), (2, 3), (5, 5)])
def test_a_yuv_picture_with_an_odd_side_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="odd side"):
        to_bgr(np.zeros(4096, np.uint8), Layout("YUV420", *size, 8))


def test_a_format_that_is_not_known() -> None:
    with pytest.raises(ValueError, match="MJPEG isn't one of RGB888"):
        to_bgr(np.zeros(4096, np.uint8), Layout("MJPEG", 4, 4, 4))


@pytest.mark.parametrize("name", FORMATS)
def test_what_the_test_camera_writes_is_read_again(name: str) -> None:
    image = np.full((8, 12, 3), (200, 90, 30), np.uint8)
    layout = Layout(name, 12, 8, 64)
    buffer = np.zeros(4096, np.uint8)
    write(image, layout, buffer)
    got: Any = to_bgr(buffer, layout).astype(int)
    assert np.abs(got - image).max() <= 3
