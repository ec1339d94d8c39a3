"""How the last minutes went: a figure every few seconds, for charts."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool

from edgedet.control import Control

log = logging.getLogger(__name__)

EVERY_S = 2.0
"""Seconds between two looks."""
MOST = 300
"""Looks that are held: ten minutes."""
STEPS = ("age", "preprocess", "invoke", "decode", "publish", "end_to_end")


@dataclass(frozen=True, slots=True)
class Moment:
    """The figures of one look.

    Attributes:
        time: UTC.
        report: what :meth:`edgedet.control.Control.report` said.
    """

    time: datetime
    report: Mapping[str, Any]

    def figures(self) -> dict[str, float | None]:
        """Those that change, by name, as charts show them."""
        report = self.report
        latency = {f"{step}_ms": _p50(report["latency_ms"].get(step)) for step in STEPS}
        return {
            "capture_fps": report["fps"]["capture"],
            "detect_fps": report["fps"]["detect"],
            "process_percent": report["cpu"]["process_percent"],
            "system_percent": report["cpu"]["system_percent"],
            "temperature_c": report["temperature_c"],
            "rss_mb": report["rss_mb"],
            "dropped": float(sum(report["drops"].values())),
            **latency,
        }


class History:
    """The last looks, the newest at the end. Whoever asks for the CPU's share resets it: nobody else on the web does.

    Args:
        control: what is looked at.
    """

    def __init__(self, control: Control) -> None:
        self._control = control
        self._moments: deque[Moment] = deque(maxlen=MOST)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look every :data:`EVERY_S` seconds from now on; called in the loop, twice is fine."""
        loop = asyncio.get_running_loop()
        if self._task is None or self._task.done() or self._task.get_loop() is not loop:
            self._task = loop.create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await run_in_threadpool(self.look)
            except Exception:
                log.exception("health: the figures can't be read")
            await asyncio.sleep(EVERY_S)

    def look(self) -> Moment:
        """Look now."""
        moment = Moment(datetime.now(UTC), self._control.report())
        self._moments.append(moment)
        return moment

    def newest(self) -> Moment:
        """The last look; the first ever if there was none."""
        return self._moments[-1] if self._moments else self.look()

    def moments(self) -> list[Moment]:
        """All that are held, the oldest first."""
        return list(self._moments)


def _p50(percentiles: Mapping[str, float] | None) -> float | None:
    return percentiles.get("p50") if percentiles else None
