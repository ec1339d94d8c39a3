"""Tells Home Assistant what there is, and what there is no more.

A message for each device, retained: the machine and, behind it, each camera.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from queue import SimpleQueue
from typing import Any

from edgedet.config import CameraConfig
from edgedet.control import Switch
from edgedet.mqtt.access import slug
from edgedet.mqtt.components import Component, of_camera, of_machine
from edgedet.mqtt.topics import Topics, encode

log = logging.getLogger(__name__)

Publish = Callable[[str, bytes], object]
"""Topic and payload of a message that is retained."""

MACHINE = "machine"
URL = "https://github.com/edgedet/edgedet"


class Discovery:
    """What was told and is to be told.

    The broker gives back what an earlier run told, even one with other settings: so entities that are gone can be
    taken out (by their platform alone), and devices that are gone (by an empty message).

    Args:
        prefix: the topic Home Assistant looks under.
        node: the machine's name there: letters, digits, ``-`` and ``_``.
        topics: where everything is said.
        version: of edgedet.
        commands: whether it obeys; else there is nothing to switch or press.
        drift: whether the cameras are watched for a changed picture.
    """

    def __init__(
        self, prefix: str, node: str, topics: Topics, version: str, commands: bool = True, drift: bool = False
    ) -> None:
        self._prefix, self._node, self._topics = prefix, node, topics
        self._version, self._commands, self._drift = version, commands, drift
        self._told: dict[str, dict[str, Any]] = {}
        self._found: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    @property
    def filter(self) -> str:
        """The topics to subscribe to, before :meth:`tell`, so that :meth:`hear` learns what is there."""
        return f"{self._prefix}/device/{self._node}/+/config"

    def tell(self, cameras: Iterable[CameraConfig], switches: Iterable[Switch], publish: Publish) -> None:
        """Say what there is now; over a new connection, or after the settings changed.

        Args:
            cameras: their names, rules and zones.
            switches: those each of them has.
            publish: sends.
        """
        before, self._told = self._told, self._devices(list(cameras), list(switches))
        for topic, message in self._told.items():
            self._replace(topic, before.get(topic, {}), publish)
            publish(topic, encode(message))
        for topic in before.keys() - self._told.keys():
            publish(topic, b"")

    def hear(self, topic: str, payload: bytes) -> None:
        """Take what an earlier run left at the broker; from any thread."""
        self._found.put((topic, payload))

    def tidy(self, publish: Publish) -> None:
        """Take out what is no more of all that was found at the broker."""
        while not self._found.empty():
            topic, payload = self._found.get()
            if topic not in self._told:
                log.info("mqtt: %s is no more: taken out of Home Assistant", topic.split("/")[-2])
                publish(topic, b"")
            elif self._replace(topic, _read(payload), publish):
                publish(topic, encode(self._told[topic]))

    def _replace(self, topic: str, before: Mapping[str, Any], publish: Publish) -> bool:
        """Take out the entities that are gone; whether there were any."""
        now = self._told[topic]["components"]
        there = before.get("components")
        gone = {
            key: {"platform": each["platform"]}
            for key, each in (there if isinstance(there, dict) else {}).items()
            if key not in now and isinstance(each, dict) and "platform" in each
        }
        if gone:
            publish(topic, encode(self._told[topic] | {"components": now | gone}))
        return bool(gone)

    def _devices(self, cameras: list[CameraConfig], switches: list[Switch]) -> dict[str, dict[str, Any]]:
        devices = {self._topic(MACHINE): self._message(MACHINE, "edgedet", of_machine(self._topics))}
        for camera in cameras:
            components = of_camera(self._topics, camera, switches, self._drift)
            # behind the machine, whose id has no camera's name in it
            message = self._message(f"camera_{slug(camera.name)}", camera.name, components)
            message["device"]["via_device"] = f"{self._node}_{MACHINE}"
            devices[self._topic(f"camera_{slug(camera.name)}")] = message
        return devices

    def _topic(self, device: str) -> str:
        return f"{self._prefix}/device/{self._node}/{device}/config"

    def _message(self, device: str, name: str, components: dict[str, Component]) -> dict[str, Any]:
        identifier = f"{self._node}_{device}"
        return {
            "device": {
                "identifiers": [identifier],
                "name": name,
                "manufacturer": "edgedet",
                "model": "Object-detection camera",
                "sw_version": self._version,
            },
            "origin": {"name": "edgedet", "sw_version": self._version, "support_url": URL},
            "availability": [{"topic": self._topics.availability}],
            "components": {
                key: each | {"unique_id": f"{identifier}_{key}"}
                for key, each in components.items()
                if self._commands or "command_topic" not in each
            },
        }


def _read(payload: bytes) -> dict[str, Any]:
    try:
        message = json.loads(payload)
    except (ValueError, RecursionError):
        return {}  # not ours; it is overwritten
    return message if isinstance(message, dict) else {}
