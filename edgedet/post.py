"""A service with a thread of its own: what breaks there is felt there alone, and tried again."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from edgedet.errors import EdgedetError
from edgedet.service import Service

log = logging.getLogger(__name__)

RETRY_FIRST, RETRY_MOST = 1.0, 60.0
"""Seconds before a failed service is opened again: doubled each time, up to the second."""


class Post:
    """Keeps a service running until it is closed.

    Args:
        service: opened once by whoever owns this.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.errors = 0
        self._closed = threading.Event()
        self._pause = RETRY_FIRST

    def run(self) -> None:
        """Run the service; when it fails, again after a pause."""
        broken = False
        while not self._closed.is_set():
            started = time.monotonic()
            try:
                if broken:
                    self.service.open()
                    if self._closed.is_set():
                        return
                    log.info("%s runs again", self.service.name)
                self.service.run()
                if not self._closed.is_set():
                    raise RuntimeError("it ended by itself")
            except Exception as error:
                if time.monotonic() - started > RETRY_MOST:
                    self._pause = RETRY_FIRST
                self._fail(error)
                broken = True

    def _fail(self, error: Exception) -> None:
        self.errors += 1
        text = str(error) if isinstance(error, EdgedetError) else f"{type(error).__name__}: {error}"
        log.error("%s stopped: %s; trying again in %.0f s", self.service.name, text, self._pause)
        log.debug("where %s stopped:", self.service.name, exc_info=error)
        self._closed.wait(self._pause)
        self._pause = min(self._pause * 2, RETRY_MOST)

    def close(self) -> None:
        """Make :meth:`run` return soon; an error is logged: there is nobody left to handle it."""
        self._closed.set()
        try:
            self.service.close()
        except Exception as error:
            log.error("%s: %s", self.service.name, error)

    def report(self) -> dict[str, Any]:
        """How the service says it goes, and how often it failed."""
        return {**self.service.report(), "errors": self.errors}
