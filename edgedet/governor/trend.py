"""How fast a temperature rises, from readings in steps of half a kelvin."""

from __future__ import annotations

from collections import deque

SECONDS = 20.0
"""Readings older than this don't count."""
_FEWEST = 4


class Trend:
    """The slope of the latest readings, by least squares."""

    def __init__(self) -> None:
        self._readings = deque[tuple[float, float]]()

    def add(self, at: float, celsius: float) -> None:
        """Take a reading; ``at`` is in seconds, monotonic."""
        self._readings.append((at, celsius))
        while self._readings[0][0] < at - SECONDS:
            self._readings.popleft()

    def forget(self) -> None:
        """Start anew: what was measured before says nothing of what comes."""
        self._readings.clear()

    @property
    def slope(self) -> float:
        """Kelvins a second; 0 before there are readings enough."""
        count = len(self._readings)
        if count < _FEWEST:
            return 0.0
        middle = sum(at for at, _ in self._readings) / count
        mean = sum(celsius for _, celsius in self._readings) / count
        spread = sum((at - middle) ** 2 for at, _ in self._readings)
        return sum((at - middle) * (celsius - mean) for at, celsius in self._readings) / spread if spread else 0.0
