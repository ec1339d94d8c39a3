"""A day of the test camera with everything going wrong now and then, in three minutes.

What is scaled, and what isn't: the camera's own time passes 480 times as fast, so that its 86,400 frames (one a second)
come every 2 ms and its faults every 10 to 40 of its minutes. The driver, the receiver and the reconnecting source are
the real ones in real time: they wait half a second for a frame where 10 s are usual, and pause up to half a second
between tries where 30 s are. What takes the same real time on a board (opening, closing, a thread's patience) is
therefore far longer in the camera's time than it would be there. A day of heat, of wear and of a real sensor's clock
is not simulated.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median

import pytest

from edgedet.capture.picam.testcamera import Faults, Rig
from edgedet.capture.reconnect import Reconnecting
from edgedet.memory import give_back, share_memory
from tests.capture.picam.rigs import opened, until

SPEED, HOURS, SEED = 480.0, 24, 20260801
MINUTE = 60 / SPEED
"""A minute of the camera's time, in seconds."""
GROWTH = 6.0
"""MB by which the memory may be larger in the day's last quarter than in its second: an allocator's whims."""


class Reader(threading.Thread):
    """Reads the source on and on, and looks at what it gets."""

    def __init__(self, source: Reconnecting) -> None:
        super().__init__(daemon=True)
        self.frames = 0
        self.wrong: list[str] = []
        self._source = source

    def run(self) -> None:
        index, elapsed = -1, 0.0
        while (frame := self._source.read()) is not None:
            if frame.index <= index or frame.elapsed < elapsed:
                self.wrong.append(f"frame {frame.index} at {frame.elapsed} after {index} at {elapsed}")
            if frame.small is None or frame.image.shape != (120, 160, 3):
                self.wrong.append(f"frame {frame.index} is {frame.image.shape} with {frame.small}")
            index, elapsed = frame.index, frame.elapsed
            self.frames += 1


class Day:
    """What happens to the camera, and what must come of it."""

    def __init__(self, rig: Rig, random: Random) -> None:
        self._rig, self._random = rig, random
        self.happened = Counter[str]()

    @property
    def heals(self) -> int:
        """How often the source must have been opened again: once for each fault but lost frames."""
        return self.happened.total() - self.happened["drop"]

    def happen(self) -> None:
        """One fault."""
        kind = self._random.choice(("stall", "unplug", "refuse", "busy", "hang", "drop"))
        self.happened[kind] += 1
        getattr(self, f"_{kind}")()

    def _stall(self) -> None:
        self._rig.stall()

    def _unplug(self) -> None:
        self._rig.unplug()
        time.sleep(self._random.uniform(2, 20) * MINUTE)
        self._rig.plug()

    def _refuse(self) -> None:
        self._rig.refusals = self._random.randint(1, 3)
        self._rig.stall()

    def _busy(self) -> None:
        self._rig.busy = self._random.randint(1, 3)
        self._rig.stall()

    def _hang(self) -> None:
        self._rig.hang = self._random.uniform(0.5, 1.5)
        self._rig.stall()

    def _drop(self) -> None:
        self._rig.drop = self._random.uniform(0.2, 0.9)
        time.sleep(self._random.uniform(1, 5) * MINUTE)
        self._rig.drop = 0


def resident_mb() -> float:
    """The process's memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def descriptors() -> int:
    """How many files are open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def hours(began: float) -> float:
    """How far the day is."""
    return (time.monotonic() - began) * SPEED / 3600


def pauses(random: Random) -> Iterator[float]:
    """Seconds from one fault's end to the next, for ever."""
    while True:
        yield random.uniform(10, 40) * MINUTE


@pytest.mark.slow
def test_every_fault_of_a_day_heals_and_nothing_grows(capsys: pytest.CaptureFixture[str]) -> None:
    share_memory()  # as the program does
    random, rig = Random(SEED), Rig(Faults(speed=SPEED, seed=SEED))
    asked = {
        "width": 160,
        "height": 120,
        "small": "80x60",
        "fps": 1,
        "stall_timeout": 0.5,
        "retry_max": 0.5,
        "open_timeout": 1,
    }
    with opened(rig, **asked) as (source, _):
        reader, day = Reader(source), Day(rig, random)
        reader.start()
        until(lambda: reader.frames > 100)
        threads, files, began = threading.active_count(), descriptors(), time.monotonic()
        memory: list[tuple[float, float]] = []
        longest = 0.0
        for pause in pauses(random):
            time.sleep(pause)
            if hours(began) >= HOURS:
                break
            day.happen()
            fault = time.monotonic()
            until(lambda: source.status().reconnects == day.heals and source.status().state == "open", 10)
            longest = max(longest, time.monotonic() - fault)
            rig.hang = 0
            seen = reader.frames
            until(lambda seen=seen: reader.frames > seen + 20)  # type: ignore[misc]
            until(lambda: threading.active_count() == threads and descriptors() == files)
            until(lambda: rig.cameras[0].held <= 1)
            gc.collect()  # a camera that was let go of is a circle of objects, which Python collects when it likes
            give_back()  # as the program does each minute
            memory.append((hours(began), resident_mb()))
        assert source.status().reconnects == day.heals  # nothing was taken for a fault that was none
        assert rig.opened == 1 + day.heals
    reader.join(5)
    assert not reader.is_alive()
    assert not reader.wrong, reader.wrong[:3]
    assert rig.cameras == {}
    early = median(mb for at, mb in memory if HOURS / 4 <= at < HOURS / 2)
    late = median(mb for at, mb in memory if at >= HOURS * 3 / 4)
    with capsys.disabled():
        print(
            f"\n{hours(began):.1f} h of the camera's time in {time.monotonic() - began:.0f} s: {reader.frames} frames "
            f"read of {rig.frames} given; {day.happened.total()} faults ({dict(day.happened)}), {day.heals} healed, "
            f"longest {longest:.1f} s real; memory {early:.1f} MB in the second quarter, {late:.1f} in the last; "
            f"{rig.starved} frames without a buffer"
        )
    assert late - early < GROWTH
