"""Since when what has changed before a camera; it outlasts a restart."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from edgedet.drift.alarm import Alarm
from edgedet.drift.finding import Finding
from edgedet.drift.folder import DriftFolder
from edgedet.drift.history import Span, spans_of
from edgedet.drift.words import describe
from edgedet.errors import OutputError

log = logging.getLogger(__name__)

_SPANS = 50
"""Changes that are remembered, the newest."""


class Standing:
    """How a camera stands.

    Args:
        folder: its files.

    Attributes:
        text: what has changed, in plain words.
        spans: from when to when something had changed; those hours are compared with by nobody.
        accepted: from when on what it sees is as it should be; None: always.
    """

    def __init__(self, folder: DriftFolder) -> None:
        changed = folder.changed()
        self.spans: list[Span] = spans_of(changed)
        self.text, self.accepted, self._folder = str(changed.get("what") or ""), folder.accepted(), folder
        begun = [begin for begin, end in self.spans if end is None]
        accepted = self.accepted
        self._alarm = Alarm(min((each for each in begun if accepted is None or each > accepted), default=None))

    @property
    def since(self) -> datetime | None:
        """When what has changed did; None: nothing has."""
        return self._alarm.since

    def hear(self, findings: Sequence[Finding], begin: datetime, now: datetime) -> Literal["begin", "end"] | None:
        """What follows from one more window; None: nothing new.

        Args:
            findings: of the window.
            begin: of the window.
            now: the time at its end.
        """
        news = self._alarm.hear(findings, begin)
        if news is not None:
            self.text = describe(findings)
            self._end(now)
            if self.since is not None:
                self.spans.append((self.since, None))
            self._save()
        return news

    def accept(self) -> bool:
        """Look whether somebody has said that what it sees is as it should be; then nothing has changed."""
        accepted = self._folder.accepted()
        if accepted is None or accepted == self.accepted:
            return False
        self.accepted = accepted
        self._alarm.forget()
        self._end(accepted)
        self._save()
        return True

    def _end(self, now: datetime) -> None:
        ended: list[Span] = [(begin, end or now) for begin, end in self.spans]
        self.spans = ended[-_SPANS:]

    def _save(self) -> None:
        spans = [[_iso(begin), _iso(end)] for begin, end in self.spans]
        what = self.text if self.since else None
        try:
            self._folder.set_changed({"since": _iso(self.since), "what": what, "spans": spans})
        except OutputError as error:  # it is told all the same
            log.error("drift: %s", error)


def _iso(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time is not None else None
