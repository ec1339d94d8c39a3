"""The broker's client, as the application runs it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from paho.mqtt.client import MQTTMessage

from edgedet.config.mqtt import MqttConfig
from edgedet.control import SWITCHES, Control
from edgedet.errors import OutputError
from edgedet.events.change import Change
from edgedet.mqtt.access import broker_of, client_id, slug
from edgedet.mqtt.broker import Will
from edgedet.mqtt.commands import Commands
from edgedet.mqtt.complaints import Complaints
from edgedet.mqtt.delivery import SINK
from edgedet.mqtt.discovery import Discovery
from edgedet.mqtt.latest import Latest
from edgedet.mqtt.link import Link
from edgedet.mqtt.publisher import MqttPublisher
from edgedet.mqtt.status import Status, picture
from edgedet.mqtt.told import Told
from edgedet.mqtt.topics import OFFLINE, ONLINE, Topics, encode
from edgedet.mqtt.tries import Tries
from edgedet.outbox import Outbox, catch_up
from edgedet.settings import Settings

log = logging.getLogger(__name__)

TICK = 0.1
"""Seconds between looks for something new to send, of what only the newest counts."""
RETRY_FIRST, RETRY_MOST = 1.0, 30.0
"""Seconds before a lost broker is tried again: doubled each time, up to the second."""
GRACE = 0.6
"""Seconds at the end in which the last events are still sent; what is left waits in the outbox."""


class MqttService:
    """Tells a broker what is seen, and does what is asked through it. Service and Listener in one.

    The pipeline's threads only leave word here; a broker that is slow or gone is felt by nobody else.

    Args:
        config: where the broker is, what it is told.
        control: figures, pictures and switches.
        outbox: where events wait for the broker.

    Attributes:
        name: ``mqtt``.
        publisher: takes the results.
    """

    name = "mqtt"

    def __init__(self, config: MqttConfig, control: Control, outbox: Outbox) -> None:
        self._config, self._control, self._outbox = config, control, outbox
        self._id, self._topics, self._latest = client_id(config), Topics(config.topic), Latest()
        installed = version("edgedet")
        self._status = Status(config, self._topics, control, self._latest, installed)
        self.publisher = MqttPublisher(self._status)
        self._commands = Commands(self._topics, control, self._status.snapshot, self._answer)
        drift = control.settings.config.drift.enabled
        node = slug(self._id)
        self._discovery = Discovery(config.discovery_prefix, node, self._topics, installed, config.commands, drift)
        self._told: tuple[Link, Settings] | None = None
        self._closing = threading.Event()
        self._link: Link | None = None
        self._connects, self._tries = 0, Tries(told=Told(config.repeat))
        self._complaints = Complaints(self._id)
        control.watch(self._status.turned)

    def open(self) -> None:
        """Read password and certificates.

        Raises:
            ConfigError: one can't be read.
        """
        self._closing.clear()
        self._broker = broker_of(self._config)

    def run(self) -> None:
        """Be connected, and connected again, until closed."""
        retry = RETRY_FIRST
        while not self._closing.is_set():
            start, connects = time.monotonic(), self._connects
            try:
                self._serve()
            except OutputError as error:
                lasted = time.monotonic() - start if self._connects > connects else None
                self._complaints.failed(self._broker, str(error), lasted, self._closing.is_set())
            if time.monotonic() - start > RETRY_MOST:
                retry = RETRY_FIRST
            self._closing.wait(retry)
            retry = min(retry * 2, RETRY_MOST)

    def close(self) -> None:
        """Make :meth:`run` return, after the last events are out or :data:`GRACE` is over; twice is fine."""
        self._closing.set()
        self._outbox.wake()

    def hear(self, change: Change) -> None:
        """Take news of an event; it is in the outbox when this returns."""
        event = change.event
        jpeg = None
        if self._config.snapshots and change.picture is not None:
            jpeg = picture(change.picture, change.detections)
        key = f"{event.id}/{event.phase}" + (f"/{event.end:.3f}" if event.phase == "update" else "")
        self._outbox.put(SINK, key, event.to_dict(), jpeg)
        self._status.hear(event)

    def catch_up(self, root: Path, since: datetime) -> int:
        """Tell of stored events that a crash kept from the outbox: see :func:`edgedet.outbox.catch_up`."""
        return catch_up(self._outbox, [SINK], root, since)

    def report(self) -> dict[str, Any]:
        """Whether it is connected and how often it was, events sent and waiting, commands, and what is wrong."""
        return {
            "broker": f"{self._config.host}:{self._config.port_used}",
            "connected": self._link is not None,
            "connects": self._connects,
            "sent": self._tries.sent,
            "waiting": self._outbox.waiting(SINK),
            "commands": {"done": self._commands.done, "refused": self._commands.refused},
            "trouble": self._complaints.trouble,
        }

    def _serve(self) -> None:
        """One connection, from its beginning to its end."""
        config, topics = self._config, self._topics
        will = Will(topics.availability, OFFLINE, config.qos_state)
        with ThreadPoolExecutor(1, "edgedet-mqtt-events") as pool:
            link = Link(self._broker, self._id, topics, will, self._heard, config.confirm == "echo")
            try:
                link.open(self._closing.is_set)
                self._greet(link)
                delivery = link.delivery(self._outbox, config.qos_events, config.qos_snapshots, self._tries)
                self._talk(link, pool.submit(delivery.run, self._closing, GRACE))
            finally:
                self._link = None
                link.close()
                self._tries.told.lost()

    def _greet(self, link: Link) -> None:
        config = self._config
        for filters in (self._commands.filters() if config.commands else [], [self._discovery.filter]):
            if filters and not link.main.subscribe([(each, config.qos_commands) for each in filters]):
                log.warning("mqtt: the broker doesn't let us subscribe to %s; allow it", ", ".join(filters))
        encrypted = "encrypted" if config.tls else "not encrypted"
        level = self._complaints.connected_level
        log.log(level, "mqtt: connected to %s as %s, MQTT %s, %s", self._broker, self._id, config.version, encrypted)
        self._complaints.trouble, self._link = "", link
        self._connects += 1
        self._latest.connected()
        self._discover(link)
        link.main.publish(self._topics.availability, ONLINE.encode(), config.qos_state, retain=True)

    def _talk(self, link: Link, events: Future[None]) -> None:
        """Say what is new, do what is asked for, until the connection or the program ends."""
        look = 0.0
        while not events.done() and not self._closing.wait(TICK):
            self._commands.carry_out()
            self._discover(link)
            if time.monotonic() >= look:
                look = time.monotonic() + self._config.health_every
                self._status.look()
            self._latest.send(link.main.publish)
        if events in wait([events], 2 * GRACE).done:
            events.result()
        self._latest.send(link.main.publish)
        link.main.publish(self._topics.availability, OFFLINE.encode(), self._config.qos_state, retain=True)

    def _discover(self, link: Link) -> None:
        """Tell Home Assistant what there is, if that is new, and take out what there is no more."""
        told, self._told = self._told, (link, self._control.settings)
        names, config = self._control.cameras, self._control.settings.config
        if told != self._told:
            cameras = [camera for camera in config.cameras if camera.name in names]
            self._status.reload(cameras)
            if self._config.discovery:
                self._discovery.tell(cameras, filter(self._control.has, SWITCHES), self._keep(link))
        self._discovery.tidy(self._keep(link))

    def _keep(self, link: Link) -> Callable[[str, bytes], object]:
        return lambda topic, payload: link.main.publish(topic, payload, self._config.qos_state, retain=True)

    def _heard(self, message: MQTTMessage) -> None:
        """Something came over the connection; in its thread."""
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        if topic.startswith(f"{self._topics.base}/"):
            self._commands.take(topic, bytes(message.payload), message.retain)
        elif message.retain:  # ours of an earlier time; what we say now comes back without that flag
            self._discovery.hear(topic, bytes(message.payload))

    def _answer(self, ok: bool, lines: tuple[str, ...]) -> None:
        if (link := self._link) is not None:
            link.main.publish(self._topics.reload_answer, encode({"ok": ok, "lines": list(lines)}), 1)
