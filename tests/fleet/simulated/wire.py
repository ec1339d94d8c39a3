"""Somebody who listens to everything and counts, by kind of message; and what the broker says of itself."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

STATISTICS = {
    "$SYS/broker/messages/received": "packets_in",
    "$SYS/broker/messages/sent": "packets_out",
    "$SYS/broker/bytes/received": "bytes_in",
    "$SYS/broker/bytes/sent": "bytes_out",
    "$SYS/broker/clients/connected": "clients",
}


class Wire:
    """Subscribed at quality of service 0 to all that cameras say, and to the broker's statistics.

    Args:
        port: of the broker.
        tls: folder with ``ca.crt`` and ``operator.pem``.
    """

    def __init__(self, port: int, tls: Path) -> None:
        self._port, self._lock = port, threading.Lock()
        self._messages, self._bytes, self._said = Counter[str](), Counter[str](), dict[str, tuple[float, float]]()
        self._counted: Mapping[str, tuple[int, int]] = {}
        self._client = Client(CallbackAPIVersion.VERSION2, "operator", protocol=MQTTProtocolVersion.MQTTv5)
        self._client.tls_set(str(tls / "ca.crt"), str(tls / "operator.pem"))
        self._client.reconnect_delay_set(1, 2)
        self._client.on_connect = self._subscribe
        self._client.on_message = self._count

    def start(self) -> None:
        """Begin to listen."""
        self._client.connect_async("127.0.0.1", self._port, 30)
        self._client.loop_start()

    def stop(self) -> None:
        """End; twice is fine."""
        self._client.disconnect()
        self._client.loop_stop()

    def counted(self) -> Mapping[str, tuple[int, int]]:
        """Messages and their bytes, topic included, by kind: ``events``, ``health``, ...; as of the broker's last look.

        What was retained before this listened isn't counted.
        """
        with self._lock:
            return self._counted

    def said(self) -> Mapping[str, tuple[float, float]]:
        """The broker's latest statistics, each with when it came, as of ``time.monotonic()``."""
        with self._lock:
            return dict(self._said)

    def _subscribe(self, client: Client, *_: Any) -> None:
        client.subscribe([(topic, 0) for topic in ("edgedet/#", *STATISTICS)])

    def _count(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        with self._lock:
            if (name := STATISTICS.get(message.topic)) is not None:
                self._said[name] = float(message.payload), time.monotonic()
                if name == "bytes_in":
                    self._counted = {kind: (count, self._bytes[kind]) for kind, count in self._messages.items()}
            elif not message.retain:  # what was said before we came
                kind = message.topic.rpartition("/")[2]
                self._messages[kind] += 1
                self._bytes[kind] += len(message.payload) + len(message.topic)
