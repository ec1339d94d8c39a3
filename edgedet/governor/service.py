"""The governor at work: reads the board, asks the law, pulls the levers, says what it did."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from edgedet.board import Board, words
from edgedet.board.bits import CAPPED, THROTTLED, UNDERVOLTAGE
from edgedet.board.reading import Reading
from edgedet.config.governor import GovernorConfig
from edgedet.governor.ladder import Level, Rung, ladder
from edgedet.governor.law import Seen, State, decide
from edgedet.governor.levers import Levers
from edgedet.governor.said import Said
from edgedet.governor.trend import Trend

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks at the board."""
_LEAST = 0.1
"""Frames a second below which it isn't detection that warms the board."""


class Governor:
    """Keeps the board below a temperature. A :class:`edgedet.service.Service`.

    Args:
        config: the limit, the floor, and so on.
        board: what is read.
        levers: what is pulled.
        rungs: the ways to run the detector, the best first.
        rate: frames a second that are detected now, of all live cameras together.
        clock: seconds; monotonic.
    """

    name = "governor"

    def __init__(
        self,
        config: GovernorConfig,
        board: Board,
        levers: Levers,
        rungs: Callable[[], Sequence[Rung]],
        rate: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._board, self._levers = config, board, levers
        self._rungs, self._rate, self._clock = rungs, rate, clock
        self._ways: list[Rung] = []
        self._levels: tuple[Level, ...] = ()
        self._running: Rung | None = None
        self._state, self._reading, self._steps, self._slope = State(), Reading(None), 0, 0.0
        self._trend, self._said = Trend(), Said(config)
        self._closed = threading.Event()

    def open(self) -> None:
        """Find out what can be done here."""
        self._closed.clear()
        self._ways = list(self._rungs())
        self._running = self._running or self._ways[0]
        name = self._board.name or "this machine"
        models = sorted({rung.model.stem for rung in self._ways if rung.model is not None})
        log.info(
            "governor: %s is kept below %g C, with %g frames a second or more%s",
            name, self._config.limit, self._config.floor_fps, f"; then with {', '.join(models)}" if models else "",
        )  # fmt: skip

    def run(self) -> None:
        """Look at the board every two seconds until :meth:`close`."""
        try:
            while not self._closed.wait(EVERY):
                self.look()
        finally:
            if self._closed.is_set():
                self._board.close()

    def close(self) -> None:
        """Make :meth:`run` return; from any thread."""
        self._closed.set()

    def look(self) -> None:
        """One look at the board, and what follows from it."""
        now, reading = self._clock(), self._board.read()
        bits = reading.bits or 0
        if reading.celsius is not None:
            self._trend.add(now, reading.celsius)
        self._reading, self._slope = reading, self._trend.slope
        self._said.complaints(reading)
        if self._state.level == 0:
            self._levels = self._ladder()
        power, throttled = bool(bits & UNDERVOLTAGE), bool(bits & (CAPPED | THROTTLED))
        seen = Seen(now, reading.celsius, self._slope, power, throttled)
        state = decide(self._state, seen, len(self._levels), self._config.limit, self._config.dwell)
        if state.level != self._state.level:
            self._go(state)
        self._said.end_of_ladder(reading, self._state.level, len(self._levels))

    def report(self) -> dict[str, Any]:
        """What the board says, and what is held back: ``most_fps`` 0 is nothing."""
        reading, state, levels = self._reading, self._state, self._levels
        rung = levels[state.level].rung if state.level < len(levels) else None
        return {
            "board": self._board.name,
            "celsius": round(reading.celsius, 1) if reading.celsius is not None else None,
            "limit": self._config.limit,
            "rising": round(self._slope, 3),
            "mhz": reading.mhz,
            "most_mhz": reading.most_mhz,
            "load": reading.load,
            "complaints": list(words(reading.bits)) if reading.bits is not None else None,
            "level": state.level,
            "levels": len(levels),
            "most_fps": round(self._levers.most_fps, 2),
            "model": rung.model.stem if rung is not None and rung.model is not None else None,
            "threads": rung.threads if rung is not None else None,
            "why": state.why,
            "steps": self._steps,
        }

    def _ladder(self) -> tuple[Level, ...]:
        """As long as nothing is held back, it fits what runs now."""
        most, rate = self._config.most_fps, self._rate()
        full = min(rate, most) if most else rate
        return ladder(max(full, _LEAST), self._config.floor_fps, self._ways if full > _LEAST else self._ways[:1])

    def _go(self, state: State) -> None:
        """Pull the levers; where a rung can't be had, go on without it."""
        before, level = self._levels[self._state.level], self._levels[state.level]
        if level.rung != self._running and not self._levers.run(level.rung):
            self._ways.remove(level.rung)
            full = self._levels[0].fps
            self._levels = ladder(full, self._config.floor_fps, self._ways)
            self._state = State(min(self._state.level, len(self._levels) - 1), state.changed, state.patience, state.why)
            return
        self._levers.hold(level.fps if state.level else self._config.most_fps)
        self._state, self._steps, self._running = state, self._steps + 1, level.rung
        self._trend.forget()
        self._said.step(state, self._reading, level, before)
