"""Sends what waits for one receiver, until it has it or it is too late."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Any

from edgedet.notify.message import Composer
from edgedet.notify.pictures import Pictures
from edgedet.notify.target import NotSent, Target
from edgedet.outbox import Item, Outbox

log = logging.getLogger(__name__)

RETRY_FIRST, RETRY_MOST = 5.0, 600.0
"""Seconds before a message is sent again: doubled each time, up to the second."""
_LOOK_EVERY = 60.0


class Sender:
    """Works through one queue of the outbox, in order; a receiver that fails holds up nobody else.

    A message arrives at least once: what was under way when the power failed is sent again.

    Args:
        target: the receiver.
        outbox: where its messages wait.
        composer: writes them.
        pictures: the best of each event.
        give_up: seconds after which a message that can't be sent is dropped.
    """

    def __init__(self, target: Target, outbox: Outbox, composer: Composer, pictures: Pictures, give_up: float) -> None:
        self.target, self.sink = target, sink_of(target.name)
        self._outbox, self._composer, self._pictures, self._give_up = outbox, composer, pictures, give_up
        self._failures = 0
        self._sent = 0
        self._trouble = ""

    def run(self, stop: threading.Event) -> None:
        """Send until ``stop`` is set and the outbox woken."""
        while not stop.is_set():
            if self._outbox.wait(self.sink, _LOOK_EVERY) and (item := self._outbox.next(self.sink)) is not None:
                self._send(item, stop)

    def report(self) -> dict[str, Any]:
        """Messages sent and waiting, and what is wrong with the last, if something is."""
        return {"sent": self._sent, "waiting": self._outbox.waiting(self.sink), "trouble": self._trouble}

    def _send(self, item: Item, stop: threading.Event) -> None:
        if self._failures and self._too_late(item):
            self._outbox.drop(item, f"not sent for {_span(self._give_up)}: {self._trouble}")
            return
        event_id, _, phase = item.key.partition("/")
        better = self._pictures.best(event_id) if phase == "start" else None
        if stop.is_set():
            return
        try:
            message = self._composer.compose(item.key, item.message, better or item.picture)
        except (KeyError, TypeError, ValueError) as error:
            self._outbox.drop(item, f"it can't be read ({error})")
            return
        try:
            self.target.send(message)
        except NotSent as error:
            self._failed(item, str(error), error.final)
        except Exception as error:  # one of a hundred services, each with its own mistakes
            self._failed(item, f"{type(error).__name__} while sending", final=False)
            log.debug("%s: where it failed:", self.target.name, exc_info=error)
        else:
            self._outbox.done(item)
            self._sent += 1
            if self._failures:
                log.info("%s: takes messages again", self.target.name)
            self._failures, self._trouble = 0, ""

    def _failed(self, item: Item, reason: str, final: bool) -> None:
        self._trouble = reason
        if final:
            self._outbox.drop(item, f"refused: {reason}")
            return
        self._failures += 1
        if self._too_late(item):
            self._outbox.drop(item, f"not sent for {_span(self._give_up)}: {reason}")
            return
        pause = min(RETRY_MOST, RETRY_FIRST * 2 ** min(self._failures - 1, 16))
        if self._failures == 1:
            log.warning("%s: not sent: %s; trying again for %s", self.target.name, reason, _span(self._give_up))
        self._outbox.later(item, pause)

    def _too_late(self, item: Item) -> bool:
        return (datetime.now(UTC) - item.put_at).total_seconds() > self._give_up


def sink_of(name: str) -> str:
    """The queue of a receiver."""
    return f"notify:{name}"


def _span(seconds: float) -> str:
    """A time for people: ``24 h``, ``10 min``."""
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min"
