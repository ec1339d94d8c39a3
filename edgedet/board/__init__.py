"""The board: its temperature, clock, load, and what its firmware complains of.

Board (protocol) <- RealBoard       the kernel's files below a root, vcgencmd where they say nothing
                 <- SimulatedBoard  the same files, written by a heat model: for tests, and for trying things out
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from edgedet.board import sysfs
from edgedet.board.bits import THROTTLE_BITS, words
from edgedet.board.reading import Reading
from edgedet.board.real import ROOT, RealBoard, throttle_reader
from edgedet.board.vcgencmd import Firmware
from edgedet.errors import ConfigError

__all__ = [
    "ROOT",
    "THROTTLE_BITS",
    "Board",
    "Reading",
    "is_raspberry_pi",
    "open_board",
    "temperature",
    "throttled",
    "words",
]

SIMULATED = "simulated"


class Board(Protocol):
    """A board that can be read.

    Attributes:
        name: what it calls itself; empty: it has no name.
    """

    name: str

    def read(self) -> Reading:
        """What it says now. Takes a few milliseconds; from one thread."""

    def close(self) -> None:
        """Let go of what it holds."""


_read_bits = throttle_reader(ROOT, Firmware())


def temperature(root: Path = ROOT) -> float | None:
    """Degrees Celsius of the hottest thermal zone; None where there is none."""
    return sysfs.temperature(root)


def throttled(root: Path = ROOT) -> tuple[str, ...] | None:
    """What the firmware complains of, in words; empty if nothing; None on a board without these bits.

    From the kernel's file; for this machine also from ``vcgencmd``, at most every ten seconds.
    """
    bits = _read_bits() if root == ROOT else sysfs.throttle_bits(root)
    return words(bits) if bits is not None else None


def is_raspberry_pi(board: Board) -> bool:
    """Whether the device tree says so."""
    return board.name.startswith("Raspberry Pi")


def open_board(name: str) -> Board:
    """A board by its setting: ``real``, or ``simulated:35`` for a Raspberry Pi 4 in a room of 35 C.

    Raises:
        ConfigError: the name makes no sense.
    """
    kind, _, room = name.partition(":")
    if kind == SIMULATED:
        from edgedet.board.simulated import live_board

        try:
            return live_board(float(room or 25))
        except ValueError:
            raise ConfigError(f"governor.board: {name}: the room has no such temperature; write simulated:35") from None
    if name != "real":
        raise ConfigError(f"governor.board: {name}: no such board; write real, or simulated:35")
    return RealBoard()
