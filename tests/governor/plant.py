"""A Raspberry Pi 4 that detects, in simulated time: the heat model, a detector that keeps its cores busy, a governor.

What a frame costs, and where that is from:

* 60 ms with ``starter-320`` on four threads at 1.5 GHz. Nobody here has measured it; MobileNet in int8, 224 pixels
  square, takes 40 ms there (ncnn, benchmark/README.md).
* With fewer threads: Amdahl's law for the 2.66 times that four Cortex-A17 gained with MobileNet-SSD
  (bug1989/ncnn-benchmark); the threads wait busily.
* With the clock: 11.5 % of the time don't shrink with it. From 1.5 to 1.8 GHz the same board gained 1.172 times
  (ncnn again, mobilenet_int8: 40.3 and 34.4 ms).
* ``starter-256``: the share of ``starter-320``'s time that their cards give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from edgedet.board.reading import Reading
from edgedet.board.simulated import SimulatedBoard
from edgedet.config.governor import GovernorConfig
from edgedet.governor.ladder import Rung
from edgedet.governor.rungs import rungs_of
from edgedet.governor.service import EVERY, Governor
from edgedet.inference.detector import Detector

FRAME = 0.060
CAMERA = 30.0
SERIAL = 0.168
MEMORY = 0.115
THREADS = 4


def seconds_of(rung: Rung, mhz: float) -> float:
    """What a frame takes at a clock."""
    share = 1.0 if rung.model is None else SMALL
    amdahl = (SERIAL + (1 - SERIAL) / rung.threads) / (SERIAL + (1 - SERIAL) / THREADS)
    return FRAME * share * amdahl * (MEMORY + (1 - MEMORY) * 1500 / mhz)


class PlantLevers:
    """Levers that can be looked at. Like :class:`edgedet.governor.levers.Levers`.

    Args:
        broken: rungs that can't be had.
    """

    def __init__(self, broken: Sequence[Rung] = ()) -> None:
        self.most_fps, self.rung, self._broken = 0.0, Rung(None, THREADS), broken

    def hold(self, fps: float) -> None:
        self.most_fps = fps

    def run(self, rung: Rung) -> bool:
        if rung in self._broken:
            return False
        self.rung = rung
        return True


class QuickBoard(SimulatedBoard):
    """The simulated board, read without its files: an hour in a second."""

    def read(self) -> Reading:
        return Reading(self.sensed, self.heat.mhz, self.heat.body.mhz[1], self.bits)


@dataclass
class Course:
    """What happened, second by second, and in all.

    Attributes:
        celsius, mhz, fps: at each second.
        small: seconds in which the smaller model ran.
        levels: the governor's level at each second.
    """

    celsius: list[float] = field(default_factory=list)
    mhz: list[float] = field(default_factory=list)
    fps: list[float] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    small: int = 0

    @property
    def hottest(self) -> float:
        return max(self.celsius)

    @property
    def inferences(self) -> float:
        return sum(self.fps)


def real_rungs(smaller: str = "auto") -> tuple[Rung, ...]:
    """The rungs of the bundled models, on a board with four threads."""
    return rungs_of(Detector(threads=THREADS), smaller)


def _share() -> float:
    from edgedet.inference.card import default_model
    from edgedet.tune.kin import read_kin

    present, _ = read_kin("", default_model())
    small, _ = read_kin("", default_model().with_name("starter-256-int8.tflite"))
    share = small.slowness(present)
    assert share is not None
    return share


SMALL = _share()


def course(
    room: float,
    minutes: float,
    config: GovernorConfig | None = None,
    rungs: Sequence[Rung] = (),
    busy_from: float = 0,
    levers: PlantLevers | None = None,
    undervoltage: range = range(0),
    files: bool = False,
    later: tuple[int, float] = (0, 0.0),
) -> Course:
    """Detect for so long in a room of so many degrees; without a configuration nobody governs.

    Args:
        room, minutes: degrees Celsius, and how long.
        config: the governor's.
        rungs: what the governor may do.
        busy_from: seconds of idling before detection begins.
        levers: what the governor pulls.
        undervoltage: the seconds in which the power supply is too weak.
        files: read the board through its files.
        later: from which second the room has another temperature, and which.
    """
    board = SimulatedBoard(room) if files else QuickBoard(room)
    levers, seen, now = levers or PlantLevers(), Course(), 0.0

    def rate() -> float:
        return seen.fps[-1] if seen.fps else 0.0

    governor = Governor(config, board, levers, lambda: rungs, rate, lambda: now) if config is not None else None  # type: ignore[arg-type]
    if governor is not None:
        governor.open()
    for second in range(round(minutes * 60)):
        now = float(second)
        cost = seconds_of(levers.rung, board.heat.mhz)
        fps = min(CAMERA, 1 / cost, levers.most_fps or CAMERA) if second >= busy_from else 0.0
        board.undervoltage = second in undervoltage
        board.heat.room = later[1] if 0 < later[0] <= second else room
        board.advance(1, fps * cost * levers.rung.threads)
        seen.celsius.append(board.heat.celsius)
        seen.mhz.append(board.heat.mhz)
        seen.fps.append(fps)
        seen.small += levers.rung.model is not None
        if governor is not None and second % EVERY == 0:
            governor.look()
        seen.levels.append(governor.report()["level"] if governor is not None else 0)
    board.close()
    return seen
