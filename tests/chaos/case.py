"""What a fault case is, and the register of them all."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.bed import Bed

ROOMS = ("tests.chaos.network", "tests.chaos.local")
"""Packages of cases; each names its modules in ``MODULES``."""

_Look = Callable[[Bed], str]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault, what is promised under it, and how to see whether that is kept.

    Attributes:
        name: short, unique: ``rtsp-rst``.
        area: the part of the program it strikes, a heading of the matrix: ``source: RTSP``.
        fault: what is done to it.
        promise: what the user may count on.
        look: does it; returns what was seen. An AssertionError is a broken promise, :class:`tests.chaos.bed.Missing`
            a bed that isn't here.
        alone: it measures, or takes the whole machine: nothing else may run beside it.
        within: seconds after which it is stopped, and counts as broken.
    """

    name: str
    area: str
    fault: str
    promise: str
    look: _Look
    alone: bool = False
    within: float = 90.0


_cases: dict[str, Case] = {}


def case(
    name: str, *, area: str, fault: str, promise: str, alone: bool = False, within: float = 90.0
) -> Callable[[_Look], _Look]:
    """Register a function as a case; see :class:`Case`.

    Raises:
        ValueError: another case has this name.
    """

    def register(look: _Look) -> _Look:
        if name in _cases:
            raise ValueError(f"{name}: two cases have this name")
        _cases[name] = Case(name, area, fault, promise, look, alone, within)
        return look

    return register


def cases() -> dict[str, Case]:
    """All cases by name, in the order of their rooms, modules and lines."""
    for room in ROOMS:
        for module in importlib.import_module(room).MODULES:
            importlib.import_module(f"{room}.{module}")
    return dict(_cases)
