"""Whoever listens at home: a client of the broker's that remembers what it heard, and asks for things."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.mqtt.mosquitto import PASSWORD, USER, Mosquitto


class Home:
    """Subscribed to everything at quality of service 2, in a session the broker keeps over its own restarts."""

    def __init__(self, broker: Mosquitto, name: str = "home", topic: str = "#") -> None:
        self.messages: list[MQTTMessage] = []
        self._changed = threading.Condition()
        self._subscribed = threading.Event()
        self._topic = topic
        self.client = Client(
            CallbackAPIVersion.VERSION2, f"home-{name}", clean_session=False, protocol=MQTTProtocolVersion.MQTTv311
        )
        self.client.username_pw_set(USER, PASSWORD)
        if broker.tls:
            self.client.tls_set(str(broker.folder / "ca.pem"))
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._subscribe
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_message = self._hear
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        assert self._subscribed.wait(10)

    def _subscribe(self, *_: Any) -> None:
        self.client.subscribe(self._topic, 2)

    def _hear(self, _client: Any, _data: Any, message: MQTTMessage) -> None:
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def on(self, topic: str) -> list[bytes]:
        """The payloads heard on a topic, in order."""
        return [bytes(message.payload) for message in list(self.messages) if message.topic == topic]

    def json(self, topic: str) -> list[Any]:
        return [json.loads(payload) for payload in self.on(topic) if payload]

    def wait(self, ready: Callable[[], object], timeout: float = 30) -> None:
        deadline = time.monotonic() + timeout
        with self._changed:
            while not ready():
                left = deadline - time.monotonic()
                assert left > 0, [(m.topic, bytes(m.payload)[:200]) for m in self.messages[-30:]]
                self._changed.wait(min(left, 0.1))

    def say(self, topic: str, payload: bytes | str, retain: bool = False, qos: int = 1) -> None:
        self.client.publish(topic, payload, qos, retain).wait_for_publish(5)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@contextmanager
def home(broker: Mosquitto, name: str = "home", topic: str = "#") -> Iterator[Home]:
    listener = Home(broker, name, topic)
    try:
        yield listener
    finally:
        listener.close()
