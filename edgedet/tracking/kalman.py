"""A Kalman filter for boxes: constant velocity, all tracks at once, any time between two looks.

ByteTrack scales all its noise with the size of the object. Measured in that size, the uncertainty of a box is the
same for its centre, width and height and for large and small objects: two by two numbers for a track, in place of
eight by eight. Everything is per second, so that a skipped frame or a slow detector changes nothing but the step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MEASURED = 0.05
"""Standard deviation of a detected edge, in sizes of the object (ByteTrack's weight of position, 1/20)."""

SPEED = 1.0
"""Standard deviation of an unknown speed, in sizes a second."""

AGILITY = 0.2
"""How much the speed may change in a second (white noise acceleration), in sizes a second."""


def fresh(count: int) -> Floats:
    """The uncertainty of tracks that were seen once: (count, 3), variance of position, covariance, variance of speed.

    Position is in sizes of the object, speed in sizes a second.
    """
    return np.tile([MEASURED**2, 0.0, SPEED**2], (count, 1))


def predict(place: Floats, velocity: Floats, spread: Floats, seconds: float) -> None:
    """Move tracks on in time, in place.

    Args:
        place: (T, 4) centre x, centre y, width, height in pixels.
        velocity: (T, 4) the same a second.
        spread: (T, 3) as :func:`fresh` makes it.
        seconds: since the last look, 0 or more.
    """
    place += velocity * seconds
    np.maximum(place[:, 2:], 1e-3, out=place[:, 2:])
    noise = AGILITY**2 * seconds
    step = np.array([[1, 0, 0], [2 * seconds, 1, 0], [seconds**2, seconds, 1]])
    spread[:] = spread @ step + (noise * seconds**2 / 3, noise * seconds / 2, noise)


def correct(place: Floats, velocity: Floats, spread: Floats, seen: Floats) -> tuple[Floats, Floats, Floats]:
    """What is known of tracks after their boxes were seen.

    Args:
        place, velocity, spread: as :func:`predict` left them.
        seen: (T, 4) the detected boxes: centre x, centre y, width, height in pixels.

    Returns:
        The new place, velocity and spread.
    """
    gain = spread[:, :2] / (spread[:, :1] + MEASURED**2)
    off = seen - place
    after = spread.copy()
    after[:, :2] *= 1 - gain[:, :1]
    after[:, 2] -= gain[:, 1] * spread[:, 1]
    return place + gain[:, :1] * off, velocity + gain[:, 1:] * off, after
