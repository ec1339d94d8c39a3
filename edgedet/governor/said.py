"""The governor's lines in the log: one for each step, and one for what no step can help."""

from __future__ import annotations

import logging

from edgedet.board.bits import UNDERVOLTAGE
from edgedet.board.reading import Reading
from edgedet.config.governor import GovernorConfig
from edgedet.governor.ladder import Level
from edgedet.governor.law import State

log = logging.getLogger(__name__)

_POWER = "use the power supply that was made for the board, and a short cable"


class Said:
    """Says each thing once, as long as it lasts.

    Args:
        config: the limit and the floor.
    """

    def __init__(self, config: GovernorConfig) -> None:
        self._config = config
        self._power = self._helpless = False

    def complaints(self, reading: Reading) -> None:
        """Say when the power supply begins to be too weak."""
        weak = bool((reading.bits or 0) & UNDERVOLTAGE)
        if weak and not self._power:
            log.warning("governor: undervoltage: the power supply can't keep up; %s", _POWER)
        self._power = weak

    def step(self, state: State, reading: Reading, level: Level, before: Level) -> None:
        """Say what changes, and why."""
        heat = f"{reading.celsius:.1f} C" if reading.celsius is not None else "temperature unknown"
        why = {
            "hot": f"{heat}, to stay below {self._config.limit:g} C",
            "undervoltage": "undervoltage, to take less current",
            "throttled": f"{heat}, and the firmware holds the clock down",
            "cool": f"{heat}, cool enough for more",
        }[state.why]
        log.info("governor: %s: %s", why, _change(level, before, state.level))

    def end_of_ladder(self, reading: Reading, level: int, levels: int) -> None:
        """Say when it is too hot though all that may be held back is."""
        hot = level == levels - 1 and reading.celsius is not None and reading.celsius > self._config.limit
        if hot and not self._helpless:
            log.warning(
                "governor: %.1f C, and there is nothing left to hold back%s; cool the board (a heat sink, a fan, a "
                "cooler place)%s",
                reading.celsius,
                f" at {self._config.floor_fps:g} frames a second" if level else "",
                ", or lower governor.floor_fps" if level else "",
            )  # fmt: skip
        self._helpless = hot


def _change(level: Level, before: Level, number: int) -> str:
    """What is done now, in words."""
    parts = []
    if level.rung.model != before.rung.model:
        parts.append(level.rung.model.stem if level.rung.model is not None else "the configured model")
    if level.rung.threads != before.rung.threads:
        parts.append(f"{level.rung.threads} thread{'s' * (level.rung.threads != 1)}")
    parts.append(f"at most {level.fps:.1f} frames a second" if number else "nothing is held back")
    return ", ".join(parts)
