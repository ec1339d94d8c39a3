"""A thing of a C library that one thread uses and any other may close."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator


class Handle:
    """Sees to it that a device or container is let go of once, and never while it is being read.

    Args:
        release: lets go of it; called once.
    """

    def __init__(self, release: Callable[[], None]) -> None:
        self.closed = threading.Event()
        self._release: Callable[[], None] | None = release
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[bool]:
        """Use it: yields False if it was closed before. A close meanwhile takes effect at the end."""
        with self._lock:
            yield not self.closed.is_set()
        if self.closed.is_set():
            self._let_go()

    def close(self) -> None:
        """Close it now, or as soon as the reading thread is out of it."""
        self.closed.set()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock.acquire(blocking=False):
            try:
                release, self._release = self._release, None
                if release is not None:
                    release()
            finally:
                self._lock.release()
