"""What only counts while it is new: of each topic the newest message waits, and no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Make = Callable[[], bytes]


class Sent(Protocol):
    """A message on its way: :class:`paho.mqtt.client.MQTTMessageInfo`."""

    def is_published(self) -> bool:
        """Whether it is out, and acknowledged where that is asked for."""


Send = Callable[[str, bytes, int, bool], Sent]
"""Topic, payload, quality of service, whether the broker retains it."""


@dataclass(slots=True)
class _Entry:
    make: Make
    qos: int
    retain: bool
    every: float
    once: bool
    new: bool = True
    at: float = 0.0
    sent: Sent | None = None
    payload: bytes | None = None


class Latest:
    """The newest message of each topic. Put by any thread, sent by one; a slow broker only makes them fewer.

    A retained message that says what the one before said isn't sent again.
    """

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def put(
        self, topic: str, make: Make, qos: int = 0, retain: bool = False, every: float = 0.0, once: bool = False
    ) -> None:
        """Say something, in place of what wasn't sent yet.

        Args:
            topic: where.
            make: gives the payload; called when it is sent, by the thread that sends.
            qos: quality of service, 0 to 2.
            retain: whether the broker keeps it for those that come later; it is sent again to a new connection.
            every: seconds between two messages, at least.
            once: don't send it again to a new connection, though it is retained.
        """
        with self._lock:
            entry = self._entries.setdefault(topic, _Entry(make, qos, retain, every, once))
            entry.make, entry.new = make, True

    def connected(self) -> None:
        """There is a new connection: everything retained is said again, what is old is not."""
        with self._lock:
            for entry in self._entries.values():
                entry.new = entry.retain and not entry.once
                entry.sent, entry.payload, entry.at = None, None, 0.0

    def send(self, send: Send) -> None:
        """Send what is new, its time has come and whose topic isn't still busy with the one before."""
        now = time.monotonic()
        with self._lock:
            due = [
                (topic, entry)
                for topic, entry in self._entries.items()
                if entry.new and now >= entry.at + entry.every and (entry.sent is None or entry.sent.is_published())
            ]
            for _, entry in due:
                entry.new = False
        for topic, entry in due:
            payload = entry.make()
            if entry.retain and payload == entry.payload:
                continue
            entry.sent = send(topic, payload, entry.qos, entry.retain)
            entry.at, entry.payload = now, payload if entry.retain and not entry.once else None
