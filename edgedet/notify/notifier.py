"""Hears of events, and has people told."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edgedet.config.notify import NotifyConfig
from edgedet.event import Event
from edgedet.events.change import Change
from edgedet.notify.choice import Choice, News
from edgedet.notify.message import Composer
from edgedet.notify.pictures import Pictures, encode
from edgedet.notify.sender import Sender, sink_of
from edgedet.notify.target import Target
from edgedet.outbox import Outbox, catch_up
from edgedet.types import Frame

log = logging.getLogger(__name__)

_END_S = 1.0


class Notifier:
    """A listener that puts messages into the outbox, and a service that sends them.

    Hearing costs a JPEG and a write to the disk for each receiver, in the keeper's thread; the network is the
    senders' affair, one thread for each receiver.

    Args:
        config: what is told, and when.
        targets: who is told.
        outbox: where messages wait.
    """

    name = "notify"

    def __init__(self, config: NotifyConfig, targets: Sequence[Target], outbox: Outbox) -> None:
        self._config, self._outbox = config, outbox
        self._choice = Choice(config)
        self._pictures = Pictures(config.wait)
        composer = Composer(config)
        self._senders = [Sender(each, outbox, composer, self._pictures, config.give_up) for each in targets]
        self._stop = threading.Event()
        self._failed: Exception | None = None

    def hear(self, change: Change) -> None:
        """Put a message into the outbox if this is worth one; returns when it is safe there."""
        event = change.event
        followed = self._choice.follows(event)
        news = self._choice.news(event, datetime.now(UTC))
        if not followed and self._choice.follows(event):
            self._pictures.begin(event.id)
        jpeg = self._picture(change, news)
        if news is not None:
            told = replace(event, phase=news).to_dict()
            for sender in self._senders:
                self._outbox.put(sender.sink, f"{event.id}/{news}", told, jpeg)

    def tell(self, event: Event, picture: Frame) -> None:
        """Put a message about a camera itself into the outbox: wanted by whoever is told anything, but not at night.

        Args:
            event: in no store; its label says what is the matter.
            picture: what the camera sees.
        """
        if self._choice.is_quiet(datetime.now(UTC)):
            return
        jpeg = encode(picture, None)
        for sender in self._senders:
            self._outbox.put(sender.sink, f"{event.id}/{event.phase}", event.to_dict(), jpeg)

    def catch_up(self, root: Path, since: datetime) -> int:
        """Tell of stored events that a crash kept from the outbox: see :func:`edgedet.outbox.catch_up`.

        Args:
            root: the folder events are kept in.
            since: UTC; :meth:`edgedet.outbox.Outbox.newest`, less a minute.

        Returns:
            How many messages were put.
        """

        def wanted(event: Event) -> bool:
            return self._choice.news(event, event.ended or event.started) == event.phase

        count = catch_up(self._outbox, [sender.sink for sender in self._senders], root, since, wanted)
        self._choice.forget()
        return count

    def open(self) -> None:
        """Forget what waits for receivers that are none any more."""
        self._stop.clear()
        self._failed = None
        known = {sender.sink for sender in self._senders}
        for sink in self._outbox.report()["waiting"]:
            if sink.startswith(sink_of("")) and sink not in known:
                while (item := self._outbox.next(sink)) is not None:
                    self._outbox.drop(item, "its receiver isn't in the settings any more")

    def run(self) -> None:
        """Send until closed, each receiver in a thread of its own."""
        threads = [
            threading.Thread(target=self._send, args=(sender,), name=f"notify-{sender.target.name}", daemon=True)
            for sender in self._senders
        ]
        for thread in threads:
            thread.start()
        self._stop.wait()
        end = time.monotonic() + _END_S
        for thread in threads:  # one that waits for an answer is left: its message stays in the outbox
            thread.join(max(0.0, end - time.monotonic()))
        if self._failed is not None:
            raise self._failed

    def close(self) -> None:
        """Send nothing more."""
        self._stop.set()
        self._pictures.close()
        self._outbox.wake()

    def report(self) -> dict[str, Any]:
        """For each receiver what was sent, what waits and what is wrong; and how many events were held back."""
        receivers = {sender.target.name: sender.report() for sender in self._senders}
        return {"held_back": self._choice.held_back, "receivers": receivers}

    def _picture(self, change: Change, news: News | None) -> bytes | None:
        """The event's best picture as a JPEG, if it is to be sent or may be later."""
        event = change.event
        later = self._pictures.awaited(event.id) or ("end" in self._config.on and self._choice.follows(event))
        if change.picture is not None and (news is not None or later):
            self._pictures.put(event.id, encode(change.picture, change.detections))
        return self._pictures.end(event.id) if event.phase == "end" else self._pictures.newest(event.id)

    def _send(self, sender: Sender) -> None:
        try:
            sender.run(self._stop)
        except Exception as error:
            self._failed = error
            self.close()
