"""Worse pictures than a dataset's: noise, blur, darkness, compression, rain, things in the way.

Where ImageNet-C has the corruption (Hendrycks and Dietterich, Benchmarking Neural Network Robustness to Common
Corruptions and Perturbations, 2019), its parameters are taken, of its severities 1, 3 and 5; on whole pictures, as
COCO-C does (Michaelis et al., Benchmarking Robustness in Object Detection, 2019).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.lab.datasets import Dataset
from edgedet.types import Image

STRENGTHS = (1, 2, 3)
Pixels = NDArray[np.float32]
"""float32 (H, W, 3), 0 to 1; may be left outside by a corruption and is clipped after it."""


def gaussian_noise(pixels: Pixels, strength: int, random: np.random.Generator) -> Pixels:
    """A sensor's read noise: standard deviation 0.08, 0.18, 0.38 (ImageNet-C)."""
    return pixels + (0.08, 0.18, 0.38)[strength - 1] * random.standard_normal(pixels.shape, np.float32)


def defocus_blur(pixels: Pixels, strength: int, random: np.random.Generator) -> Pixels:
    """A disk of radius 3, 6, 10 pixels, its edge smoothed (ImageNet-C)."""
    del random
    radius, smoothing = ((3, 0.1), (6, 0.5), (10, 0.5))[strength - 1]
    reach = np.arange(-max(8, radius), max(8, radius) + 1)
    disk = (reach[:, None] ** 2 + reach[None] ** 2 <= radius**2).astype(np.float32)
    side = 3 if radius <= 8 else 5
    disk = cv2.GaussianBlur(disk, (side, side), smoothing).astype(np.float32)
    return _filter(pixels, disk)


def motion_blur(pixels: Pixels, strength: int, random: np.random.Generator) -> Pixels:
    """A trail of 10, 15, 20 pixels fading with sigma 3, 8, 15, at -45 to 45 degrees (ImageNet-C)."""
    radius, sigma = ((10, 3), (15, 8), (20, 15))[strength - 1]
    return _filter(pixels, _trail(radius, sigma, random.uniform(-45, 45)))


def low_light(pixels: Pixels, strength: int, random: np.random.Generator) -> Pixels:
    """Darkened by gamma 2, 3, 4, with the photon noise of a sensor that then has 60, 25, 12 photons at full white.

    Gamma stands in for underexposure (Lv et al., MBLLEN, 2018, take 2 to 3.5); the noise is ImageNet-C's shot noise.
    """
    gamma, photons = ((2, 60), (3, 25), (4, 12))[strength - 1]
    return np.asarray(random.poisson(pixels**gamma * photons) / photons, np.float32)


def jpeg(pixels: Pixels, strength: int, random: np.random.Generator) -> Pixels:
    """JPEG of quality 25, 15, 7 (ImageNet-C)."""
    del random
    quality = (25, 15, 7)[strength - 1]
    _, data = cv2.imencode(".jpg", np.round(pixels * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.float32) / np.float32(255)


def rain(pixels: Pixels, strength: int, random: np.random.Generator) -> Pixels:
    """Streaks over 0.2, 0.5, 1 % of the pixels' beginnings, 12, 18, 24 pixels long, up to 20 degrees from upright.

    Made as ImageNet-C makes snow: drops strewn at random, drawn out by a motion blur, then added; the picture pales.
    """
    density, length, pale = ((0.002, 12, 0.05), (0.005, 18, 0.1), (0.01, 24, 0.15))[strength - 1]
    drops = (random.random(pixels.shape[:2], np.float32) < density).astype(np.float32)
    trail = _trail(length, length, 90 + random.uniform(-20, 20))
    streaks = cv2.filter2D(drops, -1, trail / trail.max(), borderType=cv2.BORDER_REFLECT)
    cover = np.clip(streaks, 0, 1)[..., None] * 0.6
    return np.asarray((pixels * (1 - pale) + pale * 0.7) * (1 - cover) + 0.85 * cover, np.float32)


def occlusion(pixels: Pixels, strength: int, random: np.random.Generator) -> Pixels:
    """Grey squares, a tenth of the shorter side wide, over 10, 25, 40 % of a grid of such.

    As Singh and Lee, Hide-and-Seek (2017), hide patches in training.
    """
    height, width = pixels.shape[:2]
    side = max(1, round(min(height, width) / 10))
    rows, columns = -(-height // side), -(-width // side)
    hidden = random.permutation(rows * columns) < round((0.1, 0.25, 0.4)[strength - 1] * rows * columns)
    mask = np.kron(hidden.reshape(rows, columns), np.ones((side, side), np.bool_))[:height, :width]
    return np.where(mask[..., None], np.float32(0.5), pixels)


Corruption = Callable[[Pixels, int, np.random.Generator], Pixels]

CORRUPTIONS: dict[str, Corruption] = {
    "gaussian noise": gaussian_noise,
    "motion blur": motion_blur,
    "defocus blur": defocus_blur,
    "low light": low_light,
    "JPEG": jpeg,
    "rain": rain,
    "occlusion": occlusion,
}
"""All of them by the name that reports show."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One corruption at one strength.

    Attributes:
        corruption: a key of :data:`CORRUPTIONS`.
        strength: 1, 2 or 3.
    """

    corruption: str
    strength: int

    def __str__(self) -> str:
        return f"{self.corruption} {self.strength}"


def conditions() -> list[Condition]:
    """Every corruption at every strength."""
    return [Condition(name, strength) for name in CORRUPTIONS for strength in STRENGTHS]


def corrupt(image: Image, condition: Condition, seed: int | tuple[int, ...] = 0) -> Image:
    """A picture made worse: the same for the same picture, condition and seed.

    Args:
        image: uint8 (H, W, 3); it isn't changed.
        condition: what to do to it.
        seed: of what is random in it.
    """
    name = zlib.crc32(condition.corruption.encode())
    seeds = seed if isinstance(seed, tuple) else (seed,)
    random = np.random.default_rng((*seeds, name, condition.strength))
    pixels = CORRUPTIONS[condition.corruption](image.astype(np.float32) / np.float32(255), condition.strength, random)
    return np.ascontiguousarray(np.round(np.clip(pixels, 0, 1) * 255), np.uint8)


def corrupted(images: Iterable[Image], dataset: Dataset, condition: Condition, seed: int = 0) -> Iterator[Image]:
    """A dataset's pictures, one after the other, each with random numbers of its own."""
    for picture, image in zip(dataset, images, strict=True):
        yield corrupt(image, condition, (seed, abs(picture.id)))


def _filter(pixels: Pixels, kernel: NDArray[np.float32]) -> Pixels:
    blurred = cv2.filter2D(pixels, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return np.asarray(blurred, np.float32)


def _trail(radius: int, sigma: float, degrees: float) -> NDArray[np.float32]:
    """A kernel that draws every pixel out into a line, fading as a Gaussian does, ``radius`` pixels to one side."""
    kernel = np.zeros((2 * radius + 1, 2 * radius + 1), np.float32)
    steps = np.linspace(0, radius, 4 * radius + 1)
    angle = np.deg2rad(degrees)
    columns = np.round(radius + steps * np.cos(angle)).astype(np.intp)
    rows = np.round(radius + steps * np.sin(angle)).astype(np.intp)
    kernel[rows, columns] = np.exp(-(steps**2) / (2 * sigma**2))
    return kernel
