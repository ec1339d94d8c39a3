"""What a broker sends: commands by topic and payload, and what an earlier run left for Home Assistant."""

from __future__ import annotations

import logging

from edgedet.config import CameraConfig
from edgedet.mqtt.commands import Commands
from edgedet.mqtt.discovery import Discovery
from edgedet.mqtt.topics import Topics
from edgedet.pidfile import Answer
from tests.fuzz.judge import Wrong

LONGEST = 1024
WORDS = (
    b"edgedet/", b"front", b"/detection/set", b"/snapshot/take", b"/reload", b"ON", b"OFF", b"PRESS", b"\0", b"\n",
    b"homeassistant/device/node/machine/config", b'{"components":{"a":{"platform":"sensor"}}}', b"\x1b[2J",
)  # fmt: skip
_LONGEST_LINE = 400


class _Control:
    cameras = ("front", "back")

    def turn(self, switch: str, on: bool, camera: str | None) -> None:
        if camera not in (None, *self.cameras):
            raise Wrong(f"a camera that isn't there: {camera!r}")

    def reload(self) -> Answer:
        return Answer(True, ())


class _Lines(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if not text.isprintable() or len(text) > _LONGEST_LINE:
            raise Wrong(f"a line of the log that isn't one: {text[:600]!r} ({len(text)} characters)")


def case(data: bytes) -> None:
    """Topic, a zero byte, payload; the first byte says whether it was retained."""
    retained, (topic, _, payload) = data[:1] == b"\1", data[1:].partition(b"\0")
    name = topic.decode("utf-8", "replace")
    log, before = logging.getLogger("edgedet.mqtt"), logging.root.manager.disable
    handler = _Lines()
    log.addHandler(handler)
    logging.disable(logging.DEBUG)
    try:
        commands = Commands(Topics("edgedet"), _Control(), lambda camera: None, lambda ok, lines: None)  # type: ignore[arg-type]
        commands.take(name, payload, retained)
        commands.carry_out()
        discovery = Discovery("homeassistant", "node", Topics("edgedet"), "1")
        discovery.tell([CameraConfig(name="front")], ["detection"], _publish)
        discovery.hear(name if name.count("/") > 2 else "homeassistant/device/node/machine/config", payload)
        discovery.tidy(_publish)
    finally:
        log.removeHandler(handler)
        logging.disable(before)


def _publish(topic: str, payload: bytes) -> None:
    pass


def seeds() -> list[bytes]:
    commands = (
        "front/detection/set\0ON",
        "privacy/set\0off",
        "front/snapshot/take\0PRESS",
        "reload\0",
        "front/x/set\0",
    )
    left = b'homeassistant/device/node/machine/config\0{"components":{"a":{"platform":"sensor"}}}'
    return [*(f"\0edgedet/{each}".encode() for each in commands), b"\1edgedet/reload\0", b"\0" + left]
