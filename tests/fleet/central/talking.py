"""A client of the fleet's broker, by a certificate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion


class Talker:
    """Connected, as whom its certificate says.

    Attributes:
        heard: topic and payload of what came.
        granted: whether its last subscription was; None: no answer yet.
    """

    def __init__(self, port: int, tls: Path, name: str, client_id: str = "", patience: float = 20) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.granted: bool | None = None
        self._up = threading.Event()
        self.client = Client(CallbackAPIVersion.VERSION2, client_id or name, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.tls_set(str(tls / "ca.crt"), str(tls / f"{name}.pem"))
        self.client.on_connect = lambda *_: self._up.set()
        self.client.on_message = self._hear
        self.client.on_subscribe = self._answered
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert self._up.wait(patience)

    def subscribe(self, topic: str) -> bool:
        """Whether the broker granted it."""
        self.granted = None
        self.client.subscribe(topic, 1)
        wait(lambda: self.granted is not None)
        return bool(self.granted)

    def say(self, topic: str, payload: bytes) -> str:
        """The broker's answer to a message, in words."""
        info = self.client.publish(topic, payload, 1)
        info.wait_for_publish(20)
        return str(info.rc)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _hear(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.heard.append((message.topic, bytes(message.payload)))

    def _answered(self, _client: Client, _data: Any, _mid: int, codes: Any, _properties: Any) -> None:
        self.granted = all(not code.is_failure for code in codes)


def wait(ready: Callable[[], object], seconds: float = 30) -> None:
    """Until it is so; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(0.05)
