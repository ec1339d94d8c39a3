"""Frames into tensors and boxes back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.errors import ModelError
from edgedet.inference.preprocess import PAD, Preprocessor, lookup_table, normalisation, place, shift_of
from edgedet.inference.runtime import Tensor

sides = st.integers(1, 5000)
inputs = st.integers(32, 640)


def tensor(dtype: type, shape: tuple[int, ...] = (1, 64, 96, 3), scale: float = 0.0, zero_point: int = 0) -> Tensor:
    return Tensor(0, "input", shape, np.dtype(dtype), scale, zero_point)


def picture(height: int = 123, width: int = 77) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


@given(sides, sides, inputs, inputs, st.sampled_from(["letterbox", "stretch"]), st.integers(0, 2**32 - 1))
def test_boxes_come_back_to_the_pixel_they_left(w: int, h: int, iw: int, ih: int, resize: str, seed: int) -> None:
    corners = np.sort(np.random.default_rng(seed).random((20, 2, 2)), axis=1).reshape(20, 4) * [w, h, w, h]
    spot = place(resize, w, h, iw, ih)
    there = spot.to_input(corners.astype(np.float32), (iw, ih), (w, h))
    back = spot.to_frame(there, (iw, ih), (w, h))
    assert np.abs(back - corners).max() < 1.0
    assert there.min() >= -1e-6
    assert there.max() <= 1 + 1e-6


@given(sides, sides, inputs, inputs)
def test_letterbox_keeps_the_shape_and_stays_inside(w: int, h: int, iw: int, ih: int) -> None:
    spot = place("letterbox", w, h, iw, ih)
    assert 0 <= spot.x <= iw - spot.width
    assert 0 <= spot.y <= ih - spot.height
    assert spot.width == iw or spot.height == ih
    scale = min(iw / w, ih / h)
    assert abs(spot.width - max(w * scale, 1)) <= 0.5
    assert abs(spot.height - max(h * scale, 1)) <= 0.5


@pytest.mark.parametrize(
    ("dtype", "scale", "zero_point"),
    [(np.int8, 1 / 127.5, -1), (np.uint8, 1 / 127.5, 127), (np.int16, 1 / 32767, 0), (np.float32, 0.0, 0)],
)
@pytest.mark.parametrize("colour", ["RGB", "BGR"])
def test_the_tensor_holds_what_the_formula_says(dtype: type, scale: float, zero_point: int, colour: str) -> None:
    image, target = picture(), tensor(dtype, scale=scale, zero_point=zero_point)
    memory = np.zeros(target.shape, dtype)
    mean, std = (127.5, 120.0, 110.0), (127.5, 128.0, 129.0)
    Preprocessor(target, mean, std, colour)(image, memory)
    small = cv2.resize(image, (96, 64))
    small = small[..., ::-1] if colour == "RGB" else small
    real = (small.astype(np.float64) - mean) / std
    if scale:
        limits = np.iinfo(dtype)
        wanted = np.clip(np.floor(real / scale + zero_point + 0.5 + 1e-6), limits.min, limits.max)
        np.testing.assert_array_equal(memory[0], wanted)
    else:
        np.testing.assert_allclose(memory[0], real, atol=1e-5)


def test_raw_pixels_go_in_untouched() -> None:
    image, memory = picture(64, 96), np.zeros((1, 64, 96, 3), np.uint8)
    Preprocessor(tensor(np.uint8, scale=1 / 127.5, zero_point=128), 0.0, 1.0, "BGR")
    Preprocessor(tensor(np.uint8), None, None, "BGR")(image, memory)
    np.testing.assert_array_equal(memory[0], image)


def test_grey_input() -> None:
    image, memory = picture(64, 96), np.zeros((1, 64, 96, 1), np.uint8)
    Preprocessor(tensor(np.uint8, (1, 64, 96, 1)))(image, memory)
    np.testing.assert_array_equal(memory[0, ..., 0], cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


@pytest.mark.parametrize("size", [(10, 300), (300, 10), (64, 96), (1, 1), (3000, 2)])
def test_letterbox_bars_are_grey_and_the_rest_is_the_picture(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 200, np.uint8)
    memory = np.full((1, 64, 96, 3), 7, np.uint8)
    spot = Preprocessor(tensor(np.uint8), resize="letterbox")(image, memory)
    inside = np.zeros((64, 96), bool)
    inside[spot.y : spot.y + spot.height, spot.x : spot.x + spot.width] = True
    assert (memory[0][inside] == 200).all()
    assert (memory[0][~inside] == PAD).all()


def test_frames_of_changing_size_leave_no_trace_of_each_other() -> None:
    memory = np.zeros((1, 64, 96, 3), np.int8)
    filler = Preprocessor(tensor(np.int8, scale=1 / 127.5, zero_point=-1), resize="letterbox")
    filler(picture(10, 200), memory)
    filler(picture(200, 10), memory)
    fresh = np.zeros_like(memory)
    Preprocessor(tensor(np.int8, scale=1 / 127.5, zero_point=-1), resize="letterbox")(picture(200, 10), fresh)
    np.testing.assert_array_equal(memory, fresh)


@pytest.mark.parametrize(
    ("scale", "zero_point", "dtype", "mean_std"),
    [
        (1 / 127.5, -1, np.int8, (127.5, 127.5)),
        (1 / 255, -128, np.int8, (0.0, 255.0)),
        (1.0, 0, np.uint8, (0.0, 1.0)),
        (1 / 128, 128, np.uint8, (127.5, 127.5)),
        (0.0, 0, np.float32, (127.5, 127.5)),
    ],
)
def test_normalisation_is_told_by_the_tensors_range(
    scale: float, zero_point: int, dtype: type, mean_std: tuple[float, float]
) -> None:
    mean, std = normalisation(tensor(dtype, scale=scale, zero_point=zero_point), None, None, 3)
    assert (mean[0], std[0]) == mean_std


@settings(max_examples=50)
@given(st.sampled_from([np.int8, np.uint8]), st.floats(1e-4, 2), st.integers(-128, 255))
def test_quantized_levels_mean_the_pixel_within_half_a_step(dtype: type, scale: float, zero_point: int) -> None:
    target = tensor(dtype, scale=scale, zero_point=zero_point)
    table = lookup_table(target, np.full(3, 127.5), np.full(3, 127.5))
    real = (np.arange(256) - 127.5) / 127.5
    limits = np.iinfo(dtype)
    inside = (table[:, 0] > limits.min) & (table[:, 0] < limits.max)
    error = np.abs(target.dequantize(table[:, 0]) - real)[inside]
    assert (error <= scale * 0.5001 + 1e-6).all()


@given(noise=st.integers(-2, 2), std=st.sampled_from([127.5, 128.0]), zero_point=st.sampled_from([-1, 0]))
def test_the_usual_int8_input_is_a_shift(noise: int, std: float, zero_point: int) -> None:
    """Whatever float32 makes of its scale: where each pixel lies halfway, noise doesn't choose."""
    scale = np.float32(1 / std) + np.float32(noise) * np.spacing(np.float32(1 / std))
    target = tensor(np.int8, scale=float(scale), zero_point=zero_point)
    table = lookup_table(target, np.full(3, 127.5 if zero_point else 128.0), np.full(3, std))
    np.testing.assert_array_equal(table[:, 0], np.arange(-128, 128))
    assert shift_of(table) == 128


@pytest.mark.parametrize("shape", [(1, 1000), (2, 64, 64, 3), (1, 64, 64, 4), (1, 0, 64, 3)])
def test_an_input_that_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match="not a picture"):
        Preprocessor(tensor(np.uint8, shape))


@pytest.mark.parametrize("std", [0.0, float("nan")])
def test_a_std_that_divides_by_nothing_is_refused(std: float) -> None:
    with pytest.raises(ModelError, match="std"):
        Preprocessor(tensor(np.float32), 0.0, std)
