"""What the processor itself counts: cycles and instructions, which no clock that goes up and down falsifies."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psutil

from edgedet.errors import EdgedetError

Event = tuple[int, int]
"""Type and number of what is counted, of ``perf_event.h``."""

CYCLES: Event = (0, 0)
INSTRUCTIONS: Event = (0, 1)

_CALLS = {"x86_64": 298, "aarch64": 241, "armv7l": 364, "armv6l": 364}
_FORM = "IIQQQQQIIQ"  # struct perf_event_attr in its first version
_INHERIT, _NO_KERNEL, _NO_HYPERVISOR = 1 << 1, 1 << 5, 1 << 6
_TIMES = 1 | 2  # PERF_FORMAT_TOTAL_TIME_ENABLED and _RUNNING
_CLOSE_ON_EXEC = 8

_PARANOID = "the kernel lets nobody count; allow it: sudo sysctl kernel.perf_event_paranoid=2"
_NO_COUNTERS = "this machine has no counters for it, as is usual for a virtual one"


class NotCounted(EdgedetError):
    """The processor's counters can't be had."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted.

    Attributes:
        cycles: of the processor, at whatever clock it ran.
        instructions: that were carried out.
    """

    cycles: float
    instructions: float

    def each(self, times: int) -> Counted:
        """The part of each of so many."""
        return Counted(self.cycles / times, self.instructions / times)

    def __sub__(self, other: Counted) -> Counted:
        return Counted(self.cycles - other.cycles, self.instructions - other.instructions)


class Counters:
    """Counts for all threads of this process and of its children, those that come later as well.

    User mode alone: what the kernel does for a program isn't in it, for it may be counted by the administrator only.
    A counter that had to share the hardware is scaled up by the time it had (perf_event_open(2),
    https://man7.org/linux/man-pages/man2/perf_event_open.2.html).

    Args:
        events: the two that are counted.

    Raises:
        NotCounted: with the reason, and what to do where something can be done.
    """

    def __init__(self, events: tuple[Event, Event] = (CYCLES, INSTRUCTIONS)) -> None:
        self._files: list[list[int]] = [[], []]
        try:
            for thread in _threads():
                for event, files in zip(events, self._files, strict=True):
                    with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                        files.append(_opened(event, thread))
        except OSError as error:
            self.close()
            raise NotCounted(_reason(error)) from None

    def read(self) -> Counted:
        """What was counted since they were opened."""
        cycles, instructions = (sum(map(_scaled, files)) for files in self._files)
        return Counted(cycles, instructions)

    def close(self) -> None:
        """Count no more."""
        for files in self._files:
            while files:
                os.close(files.pop())


def _threads() -> Iterator[int]:
    process = psutil.Process()
    for each in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            yield from (thread.id for thread in each.threads())


def _opened(event: Event, thread: int) -> int:
    call = _CALLS.get(platform.machine())
    if call is None:
        raise OSError(errno.ENOSYS, "unknown processor")
    kind, number = event
    flags = _INHERIT | _NO_KERNEL | _NO_HYPERVISOR
    wanted = struct.pack(_FORM, kind, struct.calcsize(_FORM), number, 0, 0, _TIMES, flags, 0, 0, 0)
    library = ctypes.CDLL(None, use_errno=True)
    arguments: Sequence[ctypes.c_long] = [ctypes.c_long(each) for each in (thread, -1, -1, _CLOSE_ON_EXEC)]
    file = int(library.syscall(ctypes.c_long(call), ctypes.create_string_buffer(wanted), *arguments))
    if file < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return file


def _scaled(file: int) -> float:
    value, enabled, running = struct.unpack("QQQ", os.read(file, 24))
    return float(value * enabled / running) if running else 0.0


def _reason(error: OSError) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return _PARANOID
    if error.errno in (errno.ENOENT, errno.EOPNOTSUPP, errno.ENODEV, errno.ENOSYS):
        return _NO_COUNTERS
    return (error.strerror or str(error)).lower()
