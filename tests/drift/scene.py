"""A made-up scene: boxes and lines of many colours, and somebody who walks through it."""

from __future__ import annotations

import functools

import cv2
import numpy as np

from edgedet.types import Image

WIDTH, HEIGHT = 320, 180


@functools.cache
def _background(seed: int) -> Image:
    random = np.random.default_rng(seed)
    image = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    for _ in range(40):
        x, y = random.integers(0, [WIDTH, HEIGHT])
        w, h = random.integers(10, 60, 2)
        cv2.rectangle(image, (int(x), int(y)), (int(x + w), int(y + h)), random.integers(0, 256, 3).tolist(), -1)
    return image


def scene(step: int = 0, seed: int = 1) -> Image:
    """The scene with a person at some step of the way, and a little noise."""
    image = _background(seed).copy()
    x = step * 23 % WIDTH
    cv2.rectangle(image, (x, 80), (x + 20, 140), (40, 60, 90), -1)
    noise = np.random.default_rng(step).integers(-4, 5, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


@functools.cache
def film(frames: int = 24, seed: int = 1) -> tuple[Image, ...]:
    """A short film of it."""
    return tuple(scene(step, seed) for step in range(frames))
