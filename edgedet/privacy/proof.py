"""Proves on one picture that what must not be seen isn't: neither in the stream, nor in snapshots, nor in clips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from edgedet.config.privacy import PrivacyConfig
from edgedet.privacy.blur import Blur
from edgedet.privacy.encoded import through_h264, through_jpeg
from edgedet.privacy.masks import Masks
from edgedet.types import Detections, Frame, Image

DARK_INSIDE, DARK_ON_AVERAGE = 8, 16
"""Brightest pixel (of 255) allowed in a mask after decoding, a block of the codec (16 pixels) or more from its edge,
and the average over all of it. Right at the edge, codecs smear the surroundings into the mask's black."""

LIKENESS_MOST = 0.3
"""How like the original's fine detail a covered region's may be. Measured on faces: left as it is 0.9 to 1, slightly
out of focus (Gaussian, sigma a 40th of the region) 0.6 to 0.9, pixelated or blurred 0.2 and less."""

_BLOCK = 16
_DETAIL = 32
"""Fine detail of a region is what is finer than its shorter side divided by this (the Gaussian's sigma)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One mask or label in one encoding.

    Attributes:
        passed: whether it can't be seen.
        text: what was measured, one line.
    """

    passed: bool
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What came of a picture.

    Attributes:
        checks: one for each mask and label, in each encoding.
        original: the picture as the camera took it.
        seen: what others get of it, by encoding.
    """

    checks: tuple[Check, ...]
    original: Image
    seen: Mapping[str, Image] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether all is hidden."""
        return all(check.passed for check in self.checks)


def prove(
    frame: Frame, detect: Callable[[Image], Detections], labels: tuple[str, ...], config: PrivacyConfig, quality: int
) -> Proof:
    """Cover a frame as the pipeline does, encode and decode it, and look for what should be gone.

    Args:
        frame: as the camera took it, with something in it of each label to blur.
        detect: finds the objects; it is shown the masked picture.
        labels: all that it knows.
        config: what is to be hidden.
        quality: JPEG's, 1 to 100.

    Raises:
        ConfigError: a label to blur isn't in ``labels``.
    """
    masks, blur = Masks(config.masks), Blur(config, labels)
    masked = masks.cover(frame)
    found = detect(masked.image)
    covered = blur.cover(masked, found).image
    seen = {"JPEG": through_jpeg(covered, quality), "H.264": through_h264(covered)}
    checks = []
    for number, hidden in enumerate(masks.hidden(frame.width, frame.height), 1):
        checks += [_check_mask(f"mask {number}, {name}", image, hidden) for name, image in seen.items()]
    for label in dict.fromkeys(config.blur):
        one = Blur(config.model_copy(update={"blur": [label]}), labels)
        regions = one.regions(masked, found).tolist()
        if not regions:
            checks.append(Check(False, f"{label}: none found in this picture; give one that shows one"))
            continue
        checks += [_check_label(f"{label}, {name}", frame.image, image, regions) for name, image in seen.items()]
    return Proof(tuple(checks), frame.image, seen)


def _check_mask(name: str, image: Image, hidden: NDArray[np.bool_]) -> Check:
    """Whether a mask is black, but for what its edge took in."""
    brightness = image.max(axis=2)
    block = np.ones((2 * _BLOCK + 1, 2 * _BLOCK + 1), np.uint8)
    inside = cv2.erode(hidden.astype(np.uint8), block, borderType=cv2.BORDER_CONSTANT, borderValue=(1,)) > 0
    brightest = int(brightness[inside].max(initial=0))
    average = float(brightness[hidden].mean())
    deep = f"brightest {brightest} of 255 inside (limit {DARK_INSIDE})" if inside.any() else "too small for an inside"
    return Check(
        brightest <= DARK_INSIDE and average <= DARK_ON_AVERAGE,
        f"{name}: {deep}, {average:.1f} on average (limit {DARK_ON_AVERAGE})",
    )


def _check_label(name: str, original: Image, image: Image, regions: list[list[int]]) -> Check:
    """Whether the fine detail of all regions of a label is gone."""
    likes = [likeness(original[y1:y2, x1:x2], image[y1:y2, x1:x2]) for x1, y1, x2, y2 in regions]
    worst = max(likes)
    count = f"{len(regions)} region" + "s" * (len(regions) > 1)
    return Check(
        worst <= LIKENESS_MOST, f"{name}: {count}, at most {worst:.2f} of its detail left (limit {LIKENESS_MOST})"
    )


def likeness(original: Image, covered: Image) -> float:
    """How much of a region's fine detail can be seen: the correlation of both pictures' detail, 0 to 1.

    Detail is what a Gaussian of a 32nd of the shorter side (at least a pixel) takes away from the luma.

    Args:
        original: uint8 (H, W, 3) BGR.
        covered: the same region after covering, encoding and decoding.

    Returns:
        1: all of it; 0: none, or there was none to begin with.
    """
    sigma = max(1.0, min(original.shape[:2]) / _DETAIL)
    details = []
    for picture in (original, covered):
        luma = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_BGR2GRAY).astype(np.float64)
        fine = luma - cv2.GaussianBlur(luma, (0, 0), sigma)
        details.append(fine - fine.mean())
    size = float(np.sqrt(np.prod([(fine * fine).mean() for fine in details])))
    if size < 1e-3:  # far below a level: flat
        return 0.0
    return max(0.0, float((details[0] * details[1]).mean()) / size)
