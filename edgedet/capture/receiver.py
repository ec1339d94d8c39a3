"""Gives a driver whose calls block a thread of its own, so that whoever waits for its frames need not.

Calls into FFmpeg, OpenCV and libcamera can't be interrupted from another thread: looking up a name, connecting to
a machine that is off, or waiting for a stalled camera takes as long as it takes. Here they happen in a thread that
is left behind when nobody waits for it any more; it ends with the call it is in, and lets go of the device itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple, Protocol

from edgedet.errors import SourceError
from edgedet.slot import Slot
from edgedet.types import Found, Image

PATIENCE = 0.5
"""Seconds a thread gets to end: enough for one that is only waiting for the next frame."""


class Lost(SourceError):
    """A live source isn't there, but may come back.

    Args:
        slowly: only somebody's help will bring it back (a wrong password): try rarely.
    """

    def __init__(self, text: str, slowly: bool = False) -> None:
        super().__init__(text)
        self.slowly = slowly


class Shot(NamedTuple):
    """A frame as it came in.

    Attributes:
        picture: makes the image, uint8 (H, W, 3) BGR, or None if it is damaged. What this costs is only spent on
            frames that are taken.
        taken: ``time.monotonic()`` seconds when it was taken, or else arrived.
        small: the same picture scaled down by the camera, uint8 (h, w, 3) BGR; None: it has none.
        found: what the camera found in it by itself; None: it doesn't look.
    """

    picture: Callable[[], Image | None]
    taken: float
    small: Image | None = None
    found: Found | None = None


class Driver(Protocol):
    """A camera or stream, used by one thread. Its calls may block for as long as its own timeouts allow."""

    def open(self, stop: threading.Event) -> str:
        """Connect. ``stop`` will be set when no more shots are wanted.

        Returns:
            What was granted, in words.

        Raises:
            Lost: it isn't there now.
            SourceError: it never will be.
        """

    def read(self) -> Shot | None:
        """The next shot; None at a regular end. Raises Lost when it is gone."""

    def close(self) -> None:
        """Let go of everything; called once, also after a failed :meth:`open`."""


class Receiver:
    """One connection: a driver, its thread and the newest shot.

    Args:
        driver: not yet open.
        lossless: hold the driver back rather than let a newer shot replace one that wasn't taken.
    """

    def __init__(self, driver: Driver, lossless: bool = False) -> None:
        self.count = 0
        self._driver = driver
        self._shots = Slot[tuple[int, Shot]](lossless)
        self._stop, self._opened = threading.Event(), threading.Event()
        self._granted = ""
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._receive, name="receive", daemon=True)

    def open(self, timeout: float) -> str | None:
        """Connect within so many seconds; what was granted, or None if closed meanwhile. Raises as the driver does."""
        self._thread.start()
        answered = self._opened.wait(timeout)
        if self._stop.is_set():
            return None
        if self._error is not None and not self.count:
            raise self._error
        if not answered:
            raise Lost(f"doesn't open within {timeout:g} s")
        return self._granted

    def _receive(self) -> None:
        try:
            self._granted = self._driver.open(self._stop)
            self._opened.set()
            while not self._stop.is_set() and (shot := self._driver.read()) is not None:
                self._shots.put((self.count, shot))
                self.count += 1
        except BaseException as error:
            self._error = error  # raised by whoever reads
        finally:  # that it is over is told first: letting go of a camera may take for ever
            self._shots.close()
            self._opened.set()
            self._driver.close()

    def read(self, timeout: float) -> tuple[int, Shot] | None:
        """The newest shot and its number, waiting so many seconds; None at the end or once closed.

        Raises:
            Lost: nothing came in time, or the driver lost it.
        """
        item = self._shots.get(timeout)
        if item is not None or self._stop.is_set():
            return item
        if self._error is not None:
            raise self._error
        if not self._shots.closed:
            raise Lost(f"no frame for {timeout:g} s")
        return None

    def close(self) -> None:
        """Want no more: a waiting call returns at once. The thread gets a moment to end, or else ends when it can."""
        self._stop.set()
        self._opened.set()
        self._shots.close(discard=True)
        if self._thread.is_alive():
            self._thread.join(PATIENCE)
        self._error = None  # its traceback holds this object, and with it a camera's buffers
