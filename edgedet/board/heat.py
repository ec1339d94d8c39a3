"""How a board warms up: the power it turns into heat, and where the heat goes.

A Foster network: the temperature is the room's, plus a few first-order stages that each follow the power with a time
constant of their own. Where each figure of :data:`PI_4` is from:

* ``stages``: the shape is fitted (0.6 K r.m.s.) to a published ten-minute run of a bare Raspberry Pi 4, five minutes of
  ``stress`` on four cores at 1.5 GHz between pauses: nschloe/stressberry, rpi4b-stock.dat. It rose from 46.6 to 72 C:
  11.1 K with 8 s, 15.3 K with 124 s. The sum of 10 K/W makes those 26.4 K the 2.6 W or so that four busy cores take.
* ``idle``: 46.6 C at idle in a room of 20 to 21 C is 2.6 W at 10 K/W; 540 mA at 5 V, 2.7 W, were measured at the plug.
* ``core``: 0.95 W, 3.8 W for four. ``stress`` takes square roots; neural networks keep the vector units and the memory
  busy. A bare board in a room of 23.4 C that ran TensorFlow Lite was held at 81.5 to 82.5 C by its firmware
  (element14, "Raspberry Pi 4 facial recognition - cooling comparison"), so it wanted more than 58 K, 3.2 W above idle.
  How much more isn't published: this figure is assumed.
* ``volts``: the default 0.88 V at full clock (Raspberry Pi documentation, overclocking). That the voltage follows the
  clock is documented, how far isn't: 0.80 V at the lowest clock is assumed.
* ``grain``: the kernel's device tree, bcm2711.dtsi, thermal coefficients.

The firmware's part is documented in words (Raspberry Pi documentation, "Frequency management and thermal control"):
between 80 and 85 C the cores are progressively throttled back. That it is a straight line down to the lowest clock is
taken from readings of a Raspberry Pi 3 with its limit at 75 C (MichaIng/DietPi issue 356): 1147 MHz at 70.9 C, 1012 to
1074 at 72, 880 to 960 at 73.1; the line says 1092, 960 and 828.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from edgedet.board.bits import CAPPED, SOFT_LIMIT, THROTTLED


@dataclass(frozen=True, slots=True)
class Body:
    """What a board is made of.

    Attributes:
        name: as its device tree has it.
        cores: how many.
        mhz: its clocks, lowest and highest.
        volts: of the cores at these clocks.
        idle: watts of the whole board with nothing to do.
        core: watts more for each core that is busy at the highest clock.
        stages: kelvins per watt, and seconds, of each stage of its warming up.
        soft, hard: degrees Celsius between which the firmware takes the clock back.
        grain: kelvins of its sensor's steps.
    """

    name: str
    cores: int
    mhz: tuple[float, float]
    volts: tuple[float, float]
    idle: float
    core: float
    stages: tuple[tuple[float, float], ...]
    soft: float = 80.0
    hard: float = 85.0
    grain: float = 0.487


PI_4 = Body(
    "Raspberry Pi 4 Model B (simulated)",
    cores=4,
    mhz=(600.0, 1500.0),
    volts=(0.80, 0.88),
    idle=2.6,
    core=0.95,
    stages=((4.2, 8.0), (5.8, 124.0)),
)
"""A bare Raspberry Pi 4 without a fan."""


class Heat:
    """A board's temperature and clock over time.

    Args:
        body: what it is made of.
        room: degrees Celsius around it.

    Attributes:
        room: may be set to another.
        bits: what its firmware complains of.
    """

    def __init__(self, body: Body, room: float) -> None:
        self.body, self.room = body, room
        self._rises = [resistance * body.idle for resistance, _ in body.stages]  # it has idled for long
        self.bits = 0

    @property
    def celsius(self) -> float:
        """The temperature of its processor."""
        return self.room + sum(self._rises)

    @property
    def mhz(self) -> float:
        """The highest clock that its firmware allows now."""
        low, high = self.body.mhz
        over = (self.celsius - self.body.soft) / (self.body.hard - self.body.soft)
        return high - (high - low) * min(max(over, 0.0), 1.0)

    def watts(self, busy: float) -> float:
        """What it takes with so many cores busy: dynamic power goes with the clock and the voltage squared."""
        low, high = self.body.mhz
        least, most = self.body.volts
        volts = least + (most - least) * (self.mhz - low) / (high - low)
        return self.body.idle + min(busy, self.body.cores) * self.body.core * self.mhz / high * (volts / most) ** 2

    def advance(self, seconds: float, busy: float) -> None:
        """Let time pass with so many cores busy, on average. Steps of a second or less follow the firmware."""
        watts = self.watts(busy)
        for index, (resistance, constant) in enumerate(self.body.stages):
            share = 1 - math.exp(-seconds / constant)
            self._rises[index] += (resistance * watts - self._rises[index]) * share
        now = (SOFT_LIMIT if self.celsius >= self.body.soft else 0) | (
            CAPPED | THROTTLED if self.celsius >= self.body.hard else 0
        )
        self.bits = (self.bits >> 16 << 16) | now | now << 16
