"""The board this runs on, or any whose files lie below a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edgedet.board import sysfs
from edgedet.board.bits import UNDERVOLTAGE
from edgedet.board.reading import Reading
from edgedet.board.vcgencmd import Firmware, Runner, run_vcgencmd

ROOT = Path("/")


class RealBoard:
    """Reads the kernel's files, and asks the firmware where they don't say what it complains of.

    ::

        board = RealBoard()
        print(board.name, board.read().celsius)

    Args:
        root: the folder ``sys`` and ``proc`` are in.
        run: runs ``vcgencmd``.

    Attributes:
        name: what the device tree calls it; empty on a PC.
    """

    def __init__(self, root: Path = ROOT, run: Runner = run_vcgencmd) -> None:
        self.name = sysfs.board_name(root)
        self._root, self._bits = root, throttle_reader(root, Firmware(run))

    def read(self) -> Reading:
        """What it says now."""
        mhz, most = sysfs.frequency(self._root)
        return Reading(sysfs.temperature(self._root), mhz, most, self._bits(), sysfs.load(self._root))

    def close(self) -> None:
        """Nothing to let go of."""


def throttle_reader(root: Path, firmware: Firmware) -> Callable[[], int | None]:
    """What reads the throttle bits: the kernel's file, else the firmware itself, else the voltage monitor's alarm."""

    def read() -> int | None:
        bits = sysfs.throttle_bits(root)
        if bits is None:
            bits = firmware.throttle_bits()
        if bits is None and (alarm := sysfs.undervoltage(root)) is not None:
            bits = UNDERVOLTAGE if alarm else 0
        return bits

    return read
