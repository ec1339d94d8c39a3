"""The drawing process, seen from the program: started, talked to, ended."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from multiprocessing.connection import Connection

from edgedet.display.memory import FrameMemory
from edgedet.display.messages import Begin, Failed, FromScreen, Opened, ToScreen
from edgedet.errors import OutputError

OPENS_WITHIN = 20.0
"""Seconds the process has to load its libraries and open a window, on a slow card."""
_ENDS_WITHIN = 1.0
_LATE = f"display: no window within {OPENS_WITHIN:.0f} s; try again, or leave out --display"
_FOR_SDL = {
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    "SDL_VIDEO_X11_WMCLASS": "edgedet",  # what desktops group windows and choose icons by
    "SDL_VIDEO_WAYLAND_WMCLASS": "edgedet",
}


class Drawer:
    """A running process that draws.

    Attributes:
        memory: for the pictures' pixels.
        opened: what it is shown on; None before :meth:`begin`.
    """

    def __init__(self) -> None:
        self.opened: Opened | None = None
        ours, theirs = socket.socketpair()
        self.memory = FrameMemory.create()
        handles = (theirs.fileno(), self.memory.handle)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edgedet.display.process", *map(str, handles)],
                pass_fds=handles,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # may be the program's JSON lines
                env=os.environ | _FOR_SDL,
            )
        self._pipe: Connection[ToScreen, FromScreen] = Connection(ours.detach())

    def begin(self, begin: Begin) -> Opened:
        """Have it open its window; what that is shown on.

        Args:
            begin: what is to be shown.

        Raises:
            OutputError: there is no screen, or :meth:`end` was called meanwhile.
        """
        self.send(begin)
        try:
            answer = self.receive(OPENS_WITHIN)
        except EOFError:
            answer = Failed(
                f"display: the desktop or X server ended as the window opened, or its driver failed (code {self.end()})"
                "; try again, or leave out --display"
            )
        if not isinstance(answer, Opened):
            text = answer.text if isinstance(answer, Failed) else _LATE
            raise OutputError(text)
        self.opened = answer
        return answer

    def send(self, message: ToScreen) -> None:
        """Tell it something; one that has ended hears nothing more."""
        with contextlib.suppress(OSError):
            self._pipe.send(message)

    def receive(self, seconds: float) -> FromScreen | None:
        """What it says next; None: nothing for so long.

        Raises:
            EOFError: it ended, or was told to.
        """
        try:
            return self._pipe.recv() if self._pipe.poll(seconds) else None
        except OSError:  # reset, or closed under our hands
            raise EOFError from None

    def hang_up(self) -> None:
        """Let it end, and :meth:`receive` say so; from any thread, twice is fine."""
        with contextlib.suppress(OSError):
            line = socket.socket(fileno=os.dup(self._pipe.fileno()))
            with line:
                line.shutdown(socket.SHUT_RDWR)

    def end(self) -> int:
        """End it, from any thread; its exit code, negative where a signal ended it."""
        self.hang_up()
        try:
            return self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:  # a driver that hangs
            self._process.kill()
            return self._process.wait()

    def close(self) -> None:
        """Let go of pipe and memory, which nobody uses any more."""
        self._pipe.close()
        self.memory.close()
