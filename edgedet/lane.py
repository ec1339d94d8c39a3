"""A publisher with its own slots, counters and thread: what is slow or broken there is felt there alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence

from edgedet.errors import EdgedetError
from edgedet.publish import Publisher
from edgedet.slot import Turns
from edgedet.stats import StageStats
from edgedet.types import FrameResult

log = logging.getLogger(__name__)

RETRY_FIRST, RETRY_MOST = 1.0, 30.0
"""Seconds before a failed publisher of a live source is opened again: doubled each time, up to the second."""


class Lane:
    """Takes results to one publisher.

    Args:
        publisher: opened by whoever owns the lane.
        cameras: their names.
        lossless: those of them whose results must all be published.
        fail: told of an error that ends the application.
    """

    def __init__(
        self,
        publisher: Publisher,
        cameras: Sequence[str],
        lossless: Collection[str],
        fail: Callable[[BaseException], None],
    ) -> None:
        self.publisher = publisher
        self.slots = Turns[FrameResult](cameras, lossless)
        self.stats = StageStats(publisher.name)
        self._lossless, self._fail = bool(lossless), fail
        self._open = True
        self._retry = RETRY_FIRST

    def dropped(self) -> int:
        """Results that were never published."""
        return self.slots.dropped

    def run(self) -> None:
        """Publish what comes until the slots are closed."""
        for _, result in self.slots:
            start = time.monotonic()
            try:
                self.publisher.publish(result)
            except Exception as error:
                # a reader that closed its pipe won't come back
                if self._lossless or isinstance(error, BrokenPipeError):
                    self.slots.close(discard=True)
                    raise
                self._reopen(error)
            else:
                now = time.monotonic()
                self._retry = RETRY_FIRST
                self.stats.beat(publish=now - start, end_to_end=now - result.frame.monotonic)

    def _reopen(self, error: Exception) -> None:
        """Detection goes on without a failed publisher of a live source, which is opened again after a pause."""
        while not self.slots.closed:
            self.stats.errors += 1
            text = str(error) if isinstance(error, EdgedetError) else f"{type(error).__name__}: {error}"
            log.error("%s stopped: %s; trying again in %.0f s", self.stats.name, text, self._retry)
            log.debug("where %s stopped:", self.stats.name, exc_info=error)
            self.close()
            pause = time.monotonic() + self._retry
            self._retry = min(self._retry * 2, RETRY_MOST)
            while time.monotonic() < pause and not self.slots.closed:
                time.sleep(0.1)
            if self.slots.closed:
                return
            try:
                self.publisher.open()
            except Exception as again:
                error = again
                continue
            self._open = True
            log.info("%s runs again", self.stats.name)
            return

    def close(self) -> None:
        """Finish the publisher; an error is logged: there is nobody left to handle it."""
        if not self._open:
            return
        self._open = False
        try:
            self.publisher.close()
        except Exception as error:
            if self._lossless:
                self._fail(error)
            log.error("%s: %s", self.stats.name, error)
