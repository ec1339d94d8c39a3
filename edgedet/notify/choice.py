"""Which events are told: those that are wanted, not in quiet hours, and not too often."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Literal

from edgedet.config.notify import NotifyConfig
from edgedet.event import Event
from edgedet.schedule import parse

News = Literal["start", "end"]

_REMEMBER = 1000
"""Events that go on at once, at most; of more, the oldest are decided anew."""


class Choice:
    """Decides for each event once, when it is first as wanted: what isn't told of then isn't told of at its end.

    Args:
        config: what is wanted.
    """

    def __init__(self, config: NotifyConfig) -> None:
        self._config = config
        self._quiet = parse(config.quiet, config.time_zone) if config.quiet else None
        self._told: dict[str, bool] = {}
        self._last: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()
        self.held_back = 0
        """Events not told of: in quiet hours, or too soon after another."""

    def news(self, event: Event, at: datetime) -> News | None:
        """What is to be told of an event now; None: nothing.

        A start is told when the event is first as wanted, be it later than its beginning, in a zone it comes to.

        Args:
            event: as it is now.
            at: when that is, with its time zone.
        """
        with self._lock:
            told = self._told.get(event.id)
            if told is None and self._is_wanted(event):
                told = self._told[event.id] = self._may(event, at)
                self.held_back += not told
                if event.phase != "end":
                    return "start" if told and "start" in self._config.on else None
            if event.phase != "end":
                if len(self._told) > _REMEMBER:
                    del self._told[next(iter(self._told))]
                return None
            self._told.pop(event.id, None)
            return "end" if told and "end" in self._config.on and not self.is_quiet(at) else None

    def follows(self, event: Event) -> bool:
        """Whether an event that goes on is told of."""
        with self._lock:
            return self._told.get(event.id, False)

    def forget(self) -> None:
        """Begin anew: as if nothing had been told."""
        with self._lock:
            self._told.clear()
            self._last.clear()
            self.held_back = 0

    def _is_wanted(self, event: Event) -> bool:
        config = self._config
        named = ((config.rules, event.rule), (config.labels, event.label), (config.cameras, event.camera))
        return all(not wanted or name in wanted for wanted, name in named) and (
            not config.zones or not set(config.zones).isdisjoint(event.zones)
        )

    def _may(self, event: Event, at: datetime) -> bool:
        if self.is_quiet(at):
            return False
        last = self._last.get((event.rule, event.camera))
        if last is not None and 0 <= event.end - last < self._config.every:  # below 0: another run of the source
            return False
        self._last[event.rule, event.camera] = event.end
        return True

    def is_quiet(self, at: datetime) -> bool:
        """Whether nothing is told at this time, which has its zone."""
        return self._quiet is not None and self._quiet.holds(at)
