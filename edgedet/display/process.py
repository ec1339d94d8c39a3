"""The process that draws: ``python -m edgedet.display.process PIPE MEMORY``, started by :mod:`edgedet.display.drawer`.

It is a process of its own because Xlib ends the process when the X server goes away, a video driver may crash, and
drawing in Python would hold up the detector's thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from multiprocessing.connection import Connection

import cv2

from edgedet.display.driver import NoScreen
from edgedet.display.memory import FrameMemory
from edgedet.display.messages import Begin, Failed, FromScreen, ToScreen
from edgedet.display.screen import Screen
from edgedet.display.window import ScreenLost

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
"""Of mallopt(3)."""


def main() -> int:
    """Take the pipe and the memory, show what comes through them; the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a terminal or systemd sends them to all: the program says when
        signal.signal(number, signal.SIG_IGN)
    os.nice(5)  # where not all can be done, detection comes first
    cv2.setNumThreads(1)
    _keep_memory()
    pipe: Connection[FromScreen, ToScreen] = Connection(int(sys.argv[1]))
    memory = FrameMemory(int(sys.argv[2]))
    try:
        _show(pipe, memory)
    except ScreenLost:
        os._exit(1)  # SDL would wait for a desktop that is gone to say goodbye
    except (EOFError, ConnectionError):  # the program ended
        pass
    return 0


def _show(pipe: Connection[FromScreen, ToScreen], memory: FrameMemory) -> None:
    begin = pipe.recv()
    assert isinstance(begin, Begin)
    try:
        screen = Screen(pipe, memory, begin)
    except NoScreen as error:
        pipe.send(Failed(str(error)))
    else:
        screen.run()


def _keep_memory() -> None:
    """Have glibc use freed memory again instead of giving it back.

    It gave back and got anew what each picture takes: 700 page faults for one of 720p, longer than drawing it.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library has other ways
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
        libc.mallopt(_M_TRIM_THRESHOLD, 256 << 20)


if __name__ == "__main__":
    sys.exit(main())
