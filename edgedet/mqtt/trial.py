"""Finds out whether a broker can be reached, lets us in, and passes messages on."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator

from paho.mqtt.client import MQTTMessage

from edgedet.config.mqtt import MqttConfig
from edgedet.errors import OutputError
from edgedet.mqtt.access import broker_of, client_id
from edgedet.mqtt.connection import ANSWER, Connection
from edgedet.mqtt.topics import Topics


def try_out(config: MqttConfig) -> Iterator[str]:
    """Connect, and send a message to ourselves; a line for each thing that went well.

    A running edgedet isn't disturbed: this is a client of another name, and nothing is retained.

    Args:
        config: where the broker is.

    Raises:
        ConfigError: password or certificates can't be read.
        OutputError: what went wrong.
    """
    broker, name = broker_of(config), f"{client_id(config)}-test"
    came, token = threading.Event(), secrets.token_hex(16).encode()

    def hear(message: MQTTMessage) -> None:
        if message.payload == token:
            came.set()

    connection = Connection(broker, name, hear, threading.Condition())
    try:
        start = time.monotonic()
        connection.open(lambda: False)
        encrypted = "encrypted" if config.tls else "not encrypted"
        took = time.monotonic() - start
        yield f"{broker}: connected as {name} in {took:.2f} s, MQTT {config.version}, {encrypted}"
        topic = Topics(config.topic).echo(name)
        granted = connection.subscribe([(topic, 1)])
        start = time.monotonic()
        connection.publish(topic, token, 1)
        if not granted or not connection.wait(came.is_set, start + ANSWER):
            raise OutputError(
                f"mqtt: what is sent to {topic} doesn't come back; let {config.user or 'us'} write and read it"
            )
        yield f"{topic}: a message came back in {(time.monotonic() - start) * 1000:.0f} ms"
    finally:
        connection.close()
