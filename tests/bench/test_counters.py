"""What the processor counts is counted for every thread; where it can't be, the reason is told."""

from __future__ import annotations

import errno
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from edgedet.bench import counters
from edgedet.bench.counters import CYCLES, INSTRUCTIONS, Counted, Counters, NotCounted
from edgedet.cli.bench import _counted

TASK_CLOCK, PAGE_FAULTS = (1, 1), (1, 2)
"""What the kernel counts itself, on every machine: nanoseconds on a processor, and pages that were new."""


def work(stop: threading.Event) -> None:
    while not stop.is_set():
        sum(range(1000))


@pytest.fixture
def counting() -> Counters:
    if not Path("/proc/sys/kernel/perf_event_paranoid").exists():
        pytest.skip("this kernel has no performance events")
    try:
        return Counters((TASK_CLOCK, PAGE_FAULTS))
    except NotCounted as reason:
        pytest.skip(str(reason))


def test_threads_that_come_later_count_too(counting: Counters) -> None:
    stop = threading.Event()
    with closing(counting):
        before, start = counting.read(), time.process_time()
        threads = [threading.Thread(target=work, args=(stop,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        counted, spent = counting.read() - before, time.process_time() - start
        stop.set()
        for thread in threads:
            thread.join()
    assert counted.cycles / 1e9 == pytest.approx(spent, rel=0.2)


def test_threads_that_were_there_count_too() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,))
    thread.start()
    try:
        with closing(Counters((TASK_CLOCK, PAGE_FAULTS))) as counting:
            deadline = time.monotonic() + 20
            while counting.read().cycles < 5e7:
                assert time.monotonic() < deadline
                time.sleep(0.05)
    except NotCounted as reason:
        pytest.skip(str(reason))
    finally:
        stop.set()
        thread.join()


def test_instructions_of_a_frame_where_there_are_counters() -> None:
    try:
        counting = Counters((CYCLES, INSTRUCTIONS))
    except NotCounted as reason:
        pytest.skip(str(reason))
    with closing(counting):
        sum(range(100_000))
        counted = counting.read()
    assert counted.instructions > 1e6
    assert counted.cycles > 1e5


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "sudo sysctl kernel.perf_event_paranoid=2"),
        (errno.ENOENT, "virtual"),
        (errno.EMFILE, "too many open files"),
    ],
)
def test_why_not(monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    def refused(*_: object) -> int:
        raise OSError(number, "Too many open files")

    monkeypatch.setattr(counters, "_opened", refused)
    with pytest.raises(NotCounted, match=words):
        Counters()


def test_an_unknown_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "vax")
    with pytest.raises(NotCounted, match="no counters"):
        Counters()


def test_the_part_of_each() -> None:
    assert (Counted(10, 30) - Counted(4, 6)).each(3) == Counted(2, 8)


def test_what_people_read() -> None:
    counted = {
        "frame_counted": {"cycles": 6e7, "instructions": 9e7},
        "invoke_counted": {"cycles": 5e7, "instructions": 8e7},
    }
    assert _counted(counted | {"not_counted": None}) == (
        "60.0 million cycles a frame, of which invoke 50.0; 90.0 million instructions, of which invoke 80.0"
    )
    assert _counted(counted | {"not_counted": "no"}).endswith("aren't counted: no")
