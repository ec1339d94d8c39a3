"""Light, colour and noise for training pictures: what a cheap camera in bad light does to them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]


def colour(image: Rgb, rng: np.random.Generator) -> Rgb:
    """Brightness, contrast, gamma, saturation and hue; sometimes grey, as infrared night pictures are."""
    levels = np.arange(256, dtype=np.float32) / 255
    if rng.random() < 0.8:
        levels = levels ** rng.uniform(0.6, 1.7)
        levels = (levels - 0.5) * rng.uniform(0.6, 1.4) + 0.5 + rng.uniform(-0.15, 0.15)
    tints = 1 + rng.uniform(-0.1, 0.1, (3, 1)) if rng.random() < 0.3 else np.ones((3, 1))
    table = np.clip(levels[None] * tints * 255, 0, 255).astype(np.uint8).T.reshape(256, 1, 3)
    image = cv2.LUT(image, np.ascontiguousarray(table)).astype(np.uint8, copy=False)
    chance = rng.random()
    if chance < 0.1:
        return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2).astype(np.uint8, copy=False)
    if chance < 0.6:
        hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
        hue = (np.arange(256) + rng.integers(-9, 10)) % 180
        saturation = np.clip(np.arange(256) * rng.uniform(0.5, 1.5), 0, 255)
        shift = np.stack([hue, saturation, np.arange(256)], axis=1).astype(np.uint8).reshape(256, 1, 3)
        image = cv2.cvtColor(cv2.LUT(hsv, shift), cv2.COLOR_HSV2RGB).astype(np.uint8, copy=False)
    return image


def degrade(image: Rgb, rng: np.random.Generator) -> Rgb:
    """At most one of: defocus, motion blur, JPEG artefacts, sensor noise, low resolution."""
    chance = rng.random()
    if chance < 0.06:
        sigma = float(rng.uniform(0.5, 1.5))
        return cv2.GaussianBlur(image, (0, 0), sigma).astype(np.uint8, copy=False)
    if chance < 0.1:
        length = int(rng.integers(3, 8))
        kernel = np.eye(length, dtype=np.float32) if rng.random() < 0.5 else np.zeros((length, length), np.float32)
        kernel[length // 2] += kernel.sum() == 0
        return cv2.filter2D(image, -1, kernel / kernel.sum()).astype(np.uint8, copy=False)
    if chance < 0.18:
        quality = [int(cv2.IMWRITE_JPEG_QUALITY), int(rng.integers(15, 70))]
        _, data = cv2.imencode(".jpg", image, quality)
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
        assert decoded is not None
        return decoded.astype(np.uint8, copy=False)
    if chance < 0.26:
        noise = rng.normal(0, rng.uniform(3, 18), image.shape)
        return np.clip(image + noise, 0, 255).astype(np.uint8)
    if chance < 0.32:
        height, width = image.shape[:2]
        factor = rng.uniform(0.35, 0.8)
        small = cv2.resize(image, (int(width * factor), int(height * factor)), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    return image
