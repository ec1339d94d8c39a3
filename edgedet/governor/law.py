"""The control law: which level comes next. Nothing here but arithmetic; time and temperature are told.

Down, it looks ahead: what counts is where the temperature will be if it goes on as it does (the slope is fed forward),
and the more that is above the limit, the more levels it goes at once. Up, it goes one level at a time, once it has been
clearly cooler for a while; a step up that has to be taken back doubles that while.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

AHEAD = 15.0
"""Seconds the slope is fed forward: a little more than the quick part of a board's warming up takes."""
KELVINS_A_LEVEL = 2.0
"""Above the limit, each of these is one level more at once."""
MOST_AT_ONCE = 4
"""Levels that one step goes down, at most."""
CLEARLY = 3.0
"""Kelvins below the limit from which it is cool enough for a step up."""
PATIENCE, MOST_PATIENCE = 60.0, 1800.0
"""Seconds without a step before one up; doubled by each that has to be taken back, up to the second."""

Why = Literal["", "hot", "undervoltage", "throttled", "cool"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known at one moment.

    Attributes:
        at: seconds; monotonic.
        celsius: the temperature; None: unknown.
        slope: kelvins a second it has been rising by.
        undervoltage: the power supply can't keep up.
        throttled: the firmware holds the clock down.
    """

    at: float
    celsius: float | None
    slope: float = 0.0
    undervoltage: bool = False
    throttled: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where the governor stands.

    Attributes:
        level: 0: nothing is held back.
        changed: when it came there, on the clock of :attr:`Seen.at`.
        patience: seconds without a step before the next one up.
        why: what the last step was for.
    """

    level: int = 0
    changed: float = float("-inf")
    patience: float = PATIENCE
    why: Why = ""


def decide(state: State, seen: Seen, levels: int, limit: float, dwell: float) -> State:
    """The next state; the same one if nothing is to be done.

    Args:
        state: where it stands.
        seen: what is known now.
        levels: how many there are; the last is the coolest.
        limit: degrees Celsius to stay below.
        dwell: seconds between two steps, at least.
    """
    rested = seen.at - state.changed
    if rested < dwell:
        return state
    why, count = _down(seen, limit)
    if why:
        level = min(state.level + count, levels - 1)
        if level == state.level:
            return state
        patience = min(2 * state.patience, MOST_PATIENCE) if state.why == "cool" else state.patience
        return State(level, seen.at, patience, why)
    if state.level and rested >= state.patience and _is_cool(seen, limit):
        held = state.why == "cool"  # the last step up was no mistake
        return State(state.level - 1, seen.at, PATIENCE if held else state.patience, "cool")
    return state


def fitted(state: State, levels: int) -> State:
    """The state on a ladder of another length."""
    return replace(state, level=min(state.level, levels - 1))


def _down(seen: Seen, limit: float) -> tuple[Why, int]:
    """What asks for a step down, and for how many levels."""
    if seen.celsius is not None and (over := seen.celsius + seen.slope * AHEAD - limit) > 0:
        return "hot", min(1 + int(over / KELVINS_A_LEVEL), MOST_AT_ONCE)
    if seen.undervoltage:
        return "undervoltage", 1
    if seen.throttled:
        return "throttled", 1
    return "", 0


def _is_cool(seen: Seen, limit: float) -> bool:
    if seen.celsius is None:
        return False
    return seen.celsius + max(seen.slope, 0.0) * AHEAD < limit - CLEARLY
