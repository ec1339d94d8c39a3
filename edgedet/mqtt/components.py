"""What Home Assistant makes of edgedet: the entities of a device, by their keys.

Each is as in https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery (device discovery, since 2024.12).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from edgedet.config import CameraConfig
from edgedet.control import Switch
from edgedet.mqtt.access import slug
from edgedet.mqtt.objects import labels_of, rules_of, zones_of
from edgedet.mqtt.topics import PRESS, Topics

Component = dict[str, Any]

_ICONS = {"detection": "mdi:radar", "recording": "mdi:record-rec", "privacy": "mdi:eye-off"}


def of_machine(topics: Topics) -> dict[str, Component]:
    """The entities of the machine as a whole."""
    health = {"state_topic": topics.health, "entity_category": "diagnostic"}
    measured = health | {"platform": "sensor", "state_class": "measurement"}
    return {
        "temperature": measured
        | {
            "name": "Temperature",
            "device_class": "temperature",
            "unit_of_measurement": "°C",
            "value_template": "{{ value_json.temperature_c }}",
        },
        "cpu": measured
        | {"name": "CPU", "unit_of_measurement": "%", "value_template": "{{ value_json.cpu.system_percent }}"},
        "memory": measured
        | {
            "name": "Memory",
            "device_class": "data_size",
            "unit_of_measurement": "MiB",
            "value_template": "{{ value_json.rss_mb }}",
        },
        "fps": measured
        | {"name": "FPS", "unit_of_measurement": "FPS", "value_template": "{{ value_json.fps.detect }}"},
        "throttled": health
        | {
            "platform": "binary_sensor",
            "name": "Throttled",
            "device_class": "problem",
            "value_template": "{{ 'ON' if value_json.throttled else 'OFF' }}",
        },
        "update": {
            "platform": "update",
            "name": "Version",
            "entity_category": "diagnostic",
            "state_topic": topics.version,
        },
        "reload": {
            "platform": "button",
            "name": "Reload settings",
            "entity_category": "config",
            "command_topic": topics.reload,
            "payload_press": PRESS,
        },
    }


def of_camera(
    topics: Topics, config: CameraConfig, switches: Iterable[Switch], drift: bool = False
) -> dict[str, Component]:
    """The entities of a camera.

    Args:
        topics: where everything is said.
        config: its name, rules and zones.
        switches: those it has.
        drift: whether it is watched for a changed picture.
    """
    seen = _seen(topics, config.name)
    found = dict(_switches(topics, config.name, switches))
    found["snapshot"] = seen | {
        "platform": "camera",
        "name": "Snapshot",
        "topic": topics.snapshot(config.name),
    }
    found["take_snapshot"] = seen | {
        "platform": "button",
        "name": "Take snapshot",
        "command_topic": topics.take_snapshot(config.name),
        "payload_press": PRESS,
    }
    found["event"] = {
        "platform": "event",
        "name": "Event",
        "state_topic": topics.events(config.name),
        "event_types": ["start", "update", "end"],
        "value_template": "{{ dict(value_json, event_type=value_json.phase) | tojson }}",
    }
    found.update(_objects(topics, config))
    found.update(_state(topics, config.name))
    if drift:
        found["drift"] = {
            "platform": "binary_sensor",
            "name": "Picture changed",
            "device_class": "problem",
            "entity_category": "diagnostic",
            "state_topic": topics.state(config.name),
            "value_template": "{{ value_json.drift }}",
            "json_attributes_topic": topics.state(config.name),
            "json_attributes_template": "{{ {'what': value_json.drift_what} | tojson }}",
        }
    return found


def _seen(topics: Topics, camera: str) -> Component:
    """For what is only known while the camera sees."""
    both = ({"topic": topics.availability}, {"topic": topics.camera_availability(camera)})
    return {"availability": list(both), "availability_mode": "all"}


def _switches(topics: Topics, camera: str, switches: Iterable[Switch]) -> Iterator[tuple[str, Component]]:
    for switch in switches:
        yield (
            switch,
            {
                "platform": "switch",
                "name": switch.capitalize(),
                "icon": _ICONS[switch],
                "state_topic": topics.state(camera),
                "value_template": f"{{{{ value_json.{switch} }}}}",
                "command_topic": topics.switch(switch, camera),
            },
        )


def _objects(topics: Topics, config: CameraConfig) -> Iterator[tuple[str, Component]]:
    """A sensor for each rule, zone and label."""
    seen = _seen(topics, config.name) | {"state_topic": topics.objects(config.name)}
    occupied = seen | {"platform": "binary_sensor", "device_class": "occupancy"}
    count = seen | {"platform": "sensor", "state_class": "measurement", "icon": "mdi:counter"}
    yield "objects", count | {"name": "Objects", "value_template": "{{ value_json.total }}"}
    for rule in rules_of(config):
        value = f"{{{{ value_json.rules[{json.dumps(rule)}] }}}}"
        yield _key("rule", rule), occupied | {"name": rule, "value_template": value}
    for label in labels_of(config):
        value = f"{{{{ value_json.labels[{json.dumps(label)}] }}}}"
        yield _key("count", label), count | {"name": f"{label} count", "value_template": value}
    for zone in zones_of(config):
        total = f"value_json.zones[{json.dumps(zone)}].total"
        value = f"{{{{ 'ON' if {total} else 'OFF' }}}}"
        yield _key("zone", zone), occupied | {"name": f"{zone} occupied", "value_template": value}
        yield _key("zone_count", zone), count | {"name": f"{zone} count", "value_template": f"{{{{ {total} }}}}"}


def _state(topics: Topics, camera: str) -> Iterator[tuple[str, Component]]:
    state = {"platform": "sensor", "state_topic": topics.state(camera), "entity_category": "diagnostic"}
    yield (
        "camera_fps",
        state
        | {
            "name": "FPS",
            "state_class": "measurement",
            "unit_of_measurement": "FPS",
            "value_template": "{{ value_json.fps }}",
        },
    )
    yield "source", state | {"name": "Source", "icon": "mdi:video", "value_template": "{{ value_json.source }}"}


def _key(kind: str, name: str) -> str:
    """``rule_person``; a name with other than letters and digits in it gets a number, to be no other's."""
    short = slug(name)
    return f"{kind}_{short}" if short == name else f"{kind}_{short}_{zlib.crc32(name.encode()):08x}"
