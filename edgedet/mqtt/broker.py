"""The broker, as a connection has to know it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

SESSION = 7 * 86400
"""Seconds the broker remembers a kept session (MQTT 5, 3.1.2.11.2)."""


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says, retained, when the connection breaks."""

    topic: str
    payload: str
    qos: int


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and what it wants to see.

    Attributes:
        host, port: its address.
        user, password: None: it asks for none.
        tls: how to encrypt; None: not at all.
        version: ``5`` or ``3.1.1``.
    """

    host: str
    port: int
    user: str | None
    password: str | None
    tls: ssl.SSLContext | None
    version: str

    def client(self, client_id: str, keep: bool, will: Will | None) -> Client:
        """One that could connect.

        Args:
            client_id: own name; a broker ends the older of two connections of one name.
            keep: let the broker keep the session; its messages are then acknowledged by hand.
            will: left with the broker.
        """
        five = self.version == "5"
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            clean_session=None if five else not keep,
            protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=keep,
        )
        client.username_pw_set(self.user, self.password)
        if self.tls is not None:
            client.tls_set_context(self.tls)
        if will is not None:
            client.will_set(will.topic, will.payload, will.qos, retain=True)
        return client

    def session(self, keep: bool) -> dict[str, Any]:
        """What MQTT 5 wants to hear about the session when it connects; 3.1.1 knows it from the client."""
        if self.version != "5":
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        if keep:
            properties.SessionExpiryInterval = SESSION
        return {"clean_start": not keep, "properties": properties}

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def __repr__(self) -> str:  # never the password
        return f"Broker({self})"
