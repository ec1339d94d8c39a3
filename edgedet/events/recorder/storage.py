"""A disk that may be missing, full, read-only or pulled out, and what to say of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from edgedet.disk import disk_error
from edgedet.events.store.disk import device_of, make_folder

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

RETRY_FIRST, RETRY_MOST = 1.0, 30.0
"""Seconds before a disk in trouble is tried again: doubled each time, up to the second."""


class Storage:
    """Runs whatever writes, and waits where that fails. Used by one thread.

    Args:
        root: the folder under which everything is written.
        name: the camera, for the log.

    Attributes:
        trouble: why nothing can be written now; empty: it can.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.trouble = root, ""
        self._name = name
        self._device: int | None = None
        self._since = self._retry = 0.0
        self._pause = RETRY_FIRST

    @property
    def ready(self) -> bool:
        """Whether writing is worth a try now."""
        return not self.trouble or time.monotonic() >= self._retry

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do ``work`` unless the disk is in trouble; None if it is, or gets into it."""
        if not self.ready:
            return None
        try:
            if self.trouble:
                self._check()
            result = work(*args, **kwargs)
        except OSError as error:
            self._failed(error)
            return None
        if self.trouble:
            gone = time.monotonic() - self._since
            log.info("%s: recording goes on after %.0f s: %s can be written again", self._name, gone, self.root)
            self.trouble, self._pause = "", RETRY_FIRST
        return result

    def folder(self, path: Path) -> Path:
        """Make a folder under the root. Raises OSError; also if the root isn't on the disk it was on."""
        self._check()
        make_folder(path, self.root)
        return path

    def _check(self) -> None:
        device = device_of(self.root)
        # A disk that came back may have another number; without it the root lies on the disk of the folder above.
        if self._device not in (None, device) and device == self.root.parent.stat().st_dev:
            raise OSError(None, "its disk is gone", str(self.root))
        self._device = device

    def _failed(self, error: OSError) -> None:
        now = time.monotonic()
        if not self.trouble:
            self._since = now
            self.trouble = str(disk_error(error.filename or self.root, error))
            log.error("%s: recording waits: %s; what happens now is kept in memory", self._name, self.trouble)
        else:
            log.debug("%s: recording still waits: %s", self._name, error)
        self._retry = now + self._pause
        self._pause = min(self._pause * 2, RETRY_MOST)
