"""What comes back of what was sent."""

from __future__ import annotations

import json
import queue

from paho.mqtt.client import MQTTMessage

from edgedet.outbox import Item


class Echoes:
    """What came back over the second connection; heard by its thread, taken by the delivery's."""

    def __init__(self) -> None:
        self._messages: queue.SimpleQueue[MQTTMessage] = queue.SimpleQueue()

    def hear(self, message: MQTTMessage) -> None:
        """Keep a message."""
        self._messages.put(message)

    def take(self) -> MQTTMessage | None:
        """The oldest, if there is one."""
        try:
            return self._messages.get_nowait()
        except queue.Empty:
            return None


def is_echo(message: MQTTMessage, item: Item) -> bool:
    """Whether a message is this event's."""
    try:
        return bool(json.loads(message.payload) == item.message)
    except (ValueError, RecursionError):  # anybody may write there
        return False
