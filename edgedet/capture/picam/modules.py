"""What this process knows of the camera modules it uses, beyond single openings of them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from edgedet.capture.receiver import Lost

_MADE = threading.Lock()


class Modules:
    """The camera modules that one library leads to.

    A call into picamera2 may never return. The thread it happens in is left behind then, with the camera in its hands:
    nobody in this process can have that camera until the call returns, and only a restart helps if it never does.

    Attributes:
        without_small: cameras, as they were asked for, that give no usable second stream.
    """

    def __init__(self) -> None:
        self.without_small = set[int | str]()
        self._held: dict[int | str, threading.Event] = {}
        self._turn, self._changed = threading.Lock(), threading.Condition()

    def claim(self, wanted: int | str, stop: threading.Event, patience: float) -> None:
        """Have a camera for oneself until :meth:`give_back`.

        Args:
            wanted: it, as it was asked for.
            stop: set once nobody wants it any more.
            patience: seconds to wait for one that is being closed.

        Raises:
            Lost: somebody here has it; or nobody wants it, but a call that hasn't returned.
        """
        with self._changed:
            holder = self._held.get(wanted)
            if holder is not None and holder.is_set():
                self._changed.wait_for(lambda: wanted not in self._held, patience)
                holder = self._held.get(wanted)
            if holder is not None and holder.is_set():
                raise Lost(
                    "an earlier call to picamera2 hasn't returned and still holds the camera; if it never does, "
                    "restart edgedet"
                )
            if holder is not None:
                raise Lost("in use by this program already; give each camera a source.uri of its own")
            self._held[wanted] = stop

    def give_back(self, wanted: int | str) -> None:
        """Let others have a claimed camera."""
        with self._changed:
            self._held.pop(wanted, None)
            self._changed.notify_all()

    @contextlib.contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        """Open or close one camera at a time: picamera2's manager loses its thread if one opens while another closes.

        Args:
            timeout: seconds to wait for it.

        Raises:
            Lost: another camera's opening or closing doesn't return.
        """
        if not self._turn.acquire(timeout=timeout):
            raise Lost("another camera module's opening or closing doesn't return; if it stays so, restart edgedet")
        try:
            yield
        finally:
            self._turn.release()


_KNOWN: WeakKeyDictionary[Any, Modules] = WeakKeyDictionary()


def modules_of(library: Any) -> Modules:
    """The modules behind ``picamera2.Picamera2``, or behind something like it."""
    with _MADE:
        if library not in _KNOWN:
            _KNOWN[library] = Modules()
        return _KNOWN[library]
