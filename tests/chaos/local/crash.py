"""The interpreter crashes in its own process: the camera goes on recording."""

from __future__ import annotations

import itertools
import signal
import time

import av
import psutil

from tests.chaos.bed import Bed, within
from tests.chaos.case import case
from tests.chaos.local.kept import all_kept
from tests.chaos.local.running import detects, ends, more_over, more_told, over, runs
from tests.chaos.local.station import Station, station
from tests.e2e.program import Running

DEATHS = (signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL)


@case(
    "interpreter-crash",
    area="model",
    fault="the interpreter's process dies of SIGSEGV, of SIGABRT and of SIGKILL while the camera records",
    promise="detection is back within 5 s each time; the continuous recording has no gap; each death is told once",
    within=180,
)
def crash(bed: Bed) -> str:
    camera = station(bed, isolate="process", record="continuous = true")
    program = camera.run()
    runs(program)
    more_told(program, 1)
    pauses = [_die(camera, program, number) for number in DEATHS]
    more_over(program, 1)
    text = ends(program)
    for number in DEATHS:
        assert text.count(number.name) == 1, f"{number.name}: told {text.count(number.name)} times"
    gap, seconds = _longest_gap(camera)
    assert gap < 1, f"a gap of {gap:.1f} s in the film"
    all_kept(camera, over(program))
    assert not [each for each in psutil.process_iter() if each.ppid() == program.process.pid], "a process is left over"
    back = ", ".join(f"{pause:.1f}" for pause in pauses)
    return f"back after {back} s; longest gap in {seconds:.0f} s of film {gap:.2f} s"


def _die(camera: Station, program: Running, number: signal.Signals) -> float:
    """Kill the interpreter's process; seconds until frames are looked at again by another."""
    child = _interpreter(program)
    child.send_signal(number)
    began = time.monotonic()
    another = within(20, lambda: child.pid not in (pids := _children(program)) and pids, "another process")[0]
    detects(camera, program, 3, 20)
    took = time.monotonic() - began
    assert took < 5, f"{number.name}: back after {took:.1f} s, by {another}"
    time.sleep(2)
    return took


def _interpreter(program: Running) -> psutil.Process:
    return psutil.Process(within(20, lambda: _children(program), "the interpreter's process")[0][0])


def _children(program: Running) -> list[int]:
    children = psutil.Process(program.process.pid).children()
    return [each.pid for each in children if each.status() != psutil.STATUS_ZOMBIE]


def _longest_gap(camera: Station) -> tuple[float, float]:
    """The longest pause between two pictures of the continuous recording, and how long that is, in seconds."""
    times = list[float]()
    for file in sorted((camera.kept / "continuous").rglob("*.mp4")):
        with av.open(file) as film:
            begin = times[-1] if times else 0.0
            times += sorted(
                begin + float(packet.pts * packet.time_base)
                for packet in film.demux(video=0)
                if packet.pts is not None and packet.time_base is not None
            )
    return max(b - a for a, b in itertools.pairwise(times)), times[-1]
