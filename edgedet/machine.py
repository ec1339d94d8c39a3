"""How busy the machine is, how warm, and how much of its memory this process takes."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import psutil

from edgedet import board

log = logging.getLogger(__name__)

CPU_EVERY = 1.0
"""Seconds a measured load holds at least: of a shorter time it would be noise, and several may ask at once."""


class Machine:
    """Measures what the process and its board are up to; from any thread."""

    def __init__(self) -> None:
        self._load = _Load()
        self._failed = False
        self._latest: dict[str, Any] = {
            "cpu": {"process_percent": 0.0, "system_percent": 0.0},
            "rss_mb": 0.0,
            "temperature_c": None,
            "throttled": None,
        }

    def measure(self) -> dict[str, Any]:
        """``cpu``, ``rss_mb``, ``temperature_c`` and ``throttled``, for :meth:`edgedet.monitor.Monitor.report`.

        As they last were, and a warning, where the system gives none: the process may have all the files open that it
        may have.
        """
        try:
            throttle = board.throttled()
            self._latest = {
                "cpu": self._load.percent(),
                "rss_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
                "temperature_c": board.temperature(),
                "throttled": list(throttle) if throttle is not None else None,
            }
            self._failed = False
        except (OSError, psutil.Error) as error:
            if not self._failed:
                log.warning("the load can't be measured now: %s", error)
            self._failed = True
        return self._latest


class _Load:
    """How busy the processors are; asked by several threads, none of which shortens another's measurement."""

    def __init__(self) -> None:
        self._process, self._turn = psutil.Process(), threading.Lock()
        self._latest: dict[str, float] | None = None
        self._process.cpu_percent()  # both count from the call before: this is the first
        psutil.cpu_percent()
        self._at = 0.0

    def percent(self) -> dict[str, float]:
        """Of the process in percent of one core, and of the whole machine."""
        with self._turn:
            now = time.monotonic()
            if self._latest is None or now - self._at >= CPU_EVERY:
                self._at = now
                self._latest = {
                    "process_percent": self._process.cpu_percent(),
                    "system_percent": psutil.cpu_percent(),
                }
            return dict(self._latest)
