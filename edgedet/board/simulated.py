"""A board that isn't there: the same files and the same command as a Raspberry Pi, filled by a heat model."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from edgedet.board.heat import PI_4, Body, Heat
from edgedet.board.reading import Reading
from edgedet.board.real import RealBoard

_STEP = 1.0
"""Seconds between two looks of the firmware at the temperature."""


class SimulatedBoard:
    """Writes a tree of the kernel's files and reads it as :class:`edgedet.board.real.RealBoard` would.

    ::

        board = SimulatedBoard(room=35)
        board.advance(60, busy=4)  # a minute with four busy cores
        print(board.read().celsius)

    Args:
        room: degrees Celsius around it.
        body: what it is made of.
        folder: where its files are; None: a new temporary folder.
        kernel_file: whether the kernel has a file for the firmware's complaints; if not, its ``vcgencmd`` tells.

    Attributes:
        name: as its device tree has it.
        heat: its temperature and clock; ``undervoltage`` may be set.
        root: the folder its files are in.
        undervoltage: whether its power supply is too weak.
    """

    def __init__(
        self, room: float = 25.0, body: Body = PI_4, folder: Path | None = None, kernel_file: bool = True
    ) -> None:
        self._made = tempfile.TemporaryDirectory(prefix="edgedet-board-") if folder is None else None
        self.root = Path(self._made.name) if self._made is not None else Path(folder or ".")
        self.heat, self.undervoltage, self._kernel_file = Heat(body, room), False, kernel_file
        self._files = [(self._file(name), text) for name, text in self._contents().items()]
        self.write()
        self._board = RealBoard(self.root, self.vcgencmd)
        self.name = self._board.name

    def advance(self, seconds: float, busy: float) -> None:
        """Let time pass.

        Args:
            seconds: how much.
            busy: cores that work meanwhile, on average.
        """
        while seconds > 0:
            step = min(_STEP, seconds)
            self.heat.advance(step, busy)
            seconds -= step

    def write(self) -> None:
        """Have its files say what is the case now, for another program."""
        for path, text in self._files:
            path.write_text(text())

    def read(self) -> Reading:
        """What its files and its firmware say."""
        self.write()
        return self._board.read()

    def close(self) -> None:
        """Remove its files, if the folder was its own."""
        if self._made is not None:
            self._made.cleanup()

    @property
    def bits(self) -> int:
        """What its firmware complains of."""
        return self.heat.bits | (0x10001 if self.undervoltage else 0)

    def vcgencmd(self, arguments: tuple[str, ...]) -> str:
        """What its ``vcgencmd`` prints. Raises OSError for what it doesn't know."""
        match arguments:
            case ("get_throttled",):
                return f"throttled={self.bits:#x}\n"
            case ("measure_temp",):
                return f"temp={self.sensed:.1f}'C\n"
            case ("measure_clock", "arm"):
                return f"frequency(0)={self.heat.mhz * 1e6:.0f}\n"
        raise OSError("vcgencmd: unknown command")

    @property
    def sensed(self) -> float:
        """Its temperature, in the steps of its sensor."""
        grain = self.heat.body.grain
        return round(self.heat.celsius / grain) * grain

    def _contents(self) -> dict[str, Callable[[], str]]:
        body, policy = self.heat.body, "sys/devices/system/cpu/cpu0/cpufreq"
        contents: dict[str, Callable[[], str]] = {
            "sys/firmware/devicetree/base/model": lambda: body.name + "\0",
            "sys/class/thermal/thermal_zone0/temp": lambda: f"{self.sensed * 1000:.0f}\n",
            f"{policy}/scaling_cur_freq": lambda: f"{self.heat.mhz * 1000:.0f}\n",
            f"{policy}/cpuinfo_max_freq": lambda: f"{body.mhz[1] * 1000:.0f}\n",
        }
        if self._kernel_file:
            contents["sys/devices/platform/soc/soc:firmware/get_throttled"] = lambda: f"{self.bits:x}\n"
        return contents

    def _file(self, name: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class LiveBoard(SimulatedBoard):
    """A simulated board that warms up as this process works: its cores are busy where the real ones are.

    Args:
        room: degrees Celsius around it.
        clock: seconds; monotonic.
    """

    def __init__(self, room: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(room)
        self._clock, self._process = clock, psutil.Process()
        self._at, self._spent = clock(), self._cpu_seconds()

    def read(self) -> Reading:
        """What it says after the time since the last look."""
        now, spent = self._clock(), self._cpu_seconds()
        passed = now - self._at
        if passed > 0:
            self.advance(passed, (spent - self._spent) / passed)
        self._at, self._spent = now, spent
        return super().read()

    def _cpu_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)


def live_board(room: float) -> LiveBoard:
    """A simulated Raspberry Pi 4 that does this process's work in a room of so many degrees Celsius.

    Raises:
        ValueError: no room has that temperature.
    """
    if not -40 <= room <= 85:
        raise ValueError(f"{room}: outside of -40 to 85")
    return LiveBoard(room)
