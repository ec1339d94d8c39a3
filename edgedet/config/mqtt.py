"""The broker, and what it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from edgedet.config.section import Section, key

PLAIN_PORT, TLS_PORT = 1883, 8883
"""Those registered for MQTT with the IANA."""


class MqttConfig(Section):
    """The MQTT broker: what it is told, and how it is reached."""

    host: str = key("", "name or address of the broker; empty: none")
    port: int = key(0, "its port; 0: 1883, with tls 8883", ge=0, le=65535)
    user: str = key("", "user name; empty: none")
    password_file: Path | None = key(None, "file with the password, readable by this user alone")
    password_credential: str = key("", "instead: name of the systemd credential with the password")
    tls: bool = key(False, "encrypt, and check the broker's certificate")
    ca_file: Path | None = key(None, "certificate authority of the broker (PEM); none: the system's")
    cert_file: Path | None = key(None, "own certificate to show to the broker (PEM)")
    key_file: Path | None = key(None, "its private key (PEM)")
    version: Literal["5", "3.1.1"] = key("5", "version of MQTT that the broker speaks")
    client_id: str = key("", "own name at the broker, no other may have it; empty: edgedet- and the machine's name")
    topic: str = key("edgedet", "what all topics begin with; several machines at one broker: one each")
    detections_every: float = key(1.0, "seconds between detections, at least; 0: none are sent", ge=0, le=86400)
    health_every: float = key(15.0, "seconds between measurements of health and state", ge=1, le=86400)
    snapshots: bool = key(True, "send an event's picture too, kept by the broker")
    commands: bool = key(True, "obey commands that come through the broker, from whoever it lets write them")
    confirm: Literal["echo", "answer"] = key(
        "echo", "what proves that an event arrived: it comes back, over a second connection; or the broker says so"
    )
    repeat: float = key(
        0,
        "seconds before a lost connection whose events are told again, for brokers that forget when they are killed; "
        "listeners must know an event by its id",
        ge=0,
        le=3600,
    )
    qos_events: int = key(2, "quality of service of events", ge=0, le=2)
    qos_detections: int = key(0, "quality of service of detections", ge=0, le=2)
    qos_state: int = key(1, "quality of service of state, objects and availability", ge=0, le=2)
    qos_health: int = key(0, "quality of service of health", ge=0, le=2)
    qos_snapshots: int = key(1, "quality of service of pictures", ge=0, le=2)
    qos_commands: int = key(1, "quality of service asked for commands", ge=0, le=2)
    discovery: bool = key(True, "let Home Assistant find the cameras")
    discovery_prefix: str = key("homeassistant", "topic under which Home Assistant looks for them")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name in ("topic", "discovery_prefix"):
            check_topic(name, getattr(self, name))
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together; set both or neither")
        if not self.tls and (self.ca_file is not None or self.cert_file is not None):
            raise ValueError("ca_file, cert_file and key_file are for encryption; set tls = true")
        if self.password_file is not None and self.password_credential:
            raise ValueError("password_file and password_credential are the same thing; set one")
        if not self.user and (self.password_file is not None or self.password_credential):
            raise ValueError("there is a password but no user; set user")
        return self

    @property
    def port_used(self) -> int:
        """The port, or the usual one where none is given."""
        return self.port or (TLS_PORT if self.tls else PLAIN_PORT)


def check_topic(name: str, topic: str) -> None:
    """Raise ValueError, with one line that begins with ``name``, unless other topics can begin with this one."""
    if not topic or topic.startswith(("$", "/")) or topic.endswith("/") or "//" in topic:
        raise ValueError(f"{name}: {topic!r} can't begin a topic; give one such as edgedet or home/edgedet")
    if odd := [c for c in topic if c in "+#\0" or not c.isprintable()]:
        raise ValueError(f"{name}: {topic!r} has {odd[0]!r} in it, which no topic may have; take it out")
    if len(topic) > 200:
        raise ValueError(f"{name}: it has {len(topic)} letters; 200 is the most")
