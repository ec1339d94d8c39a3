"""Which topic says what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ONLINE, OFFLINE = "online", "offline"
ON, OFF = "ON", "OFF"
PRESS = "PRESS"
"""What a button of Home Assistant's sends."""
_NO_LEVELS = str.maketrans("/+#", "___")


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics below a base, such as ``edgedet``.

    ===============================  ====================================================================
    ``BASE/availability``            ``online`` or ``offline`` (the last will); retained
    ``BASE/health``                  the monitor's report, JSON; retained
    ``BASE/version``                 ``installed_version``, ``latest_version``, JSON; retained
    ``BASE/CAMERA/availability``     whether the camera sees: ``online`` or ``offline``; retained
    ``BASE/CAMERA/state``            switches, source, FPS, JSON; retained
    ``BASE/CAMERA/objects``          what is in sight now, by label and zone, and the rules met, JSON; retained
    ``BASE/CAMERA/detections``       the newest detections, JSON
    ``BASE/CAMERA/events``           an event that started, changed or ended, JSON; each exactly once
    ``BASE/CAMERA/snapshot``         JPEG: the last event's best picture, or what was asked for; retained
    ``BASE/CAMERA/SWITCH/set``       command: ``ON`` or ``OFF`` to ``detection``, ``recording``, ``privacy``
    ``BASE/SWITCH/set``              the same for all cameras
    ``BASE/CAMERA/snapshot/take``    command: send the newest picture
    ``BASE/reload``                  command: read the settings again; the answer comes on ``BASE/reload/answer``
    ``BASE/CLIENT_ID/echo``          for the program itself: finds out what the broker had before it was lost
    ===============================  ====================================================================

    >>> Topics("home/edgedet").events("front")
    'home/edgedet/front/events'
    """

    base: str

    @property
    def availability(self) -> str:
        """Whether edgedet runs."""
        return f"{self.base}/availability"

    @property
    def health(self) -> str:
        """Measurements."""
        return f"{self.base}/health"

    @property
    def version(self) -> str:
        """The installed version."""
        return f"{self.base}/version"

    @property
    def reload(self) -> str:
        """The command."""
        return f"{self.base}/reload"

    @property
    def reload_answer(self) -> str:
        """What came of it."""
        return f"{self.base}/reload/answer"

    def camera_availability(self, camera: str) -> str:
        """Whether a camera sees."""
        return f"{self.base}/{camera}/availability"

    def state(self, camera: str) -> str:
        """How a camera's switches and its source stand."""
        return f"{self.base}/{camera}/state"

    def objects(self, camera: str) -> str:
        """What is in sight."""
        return f"{self.base}/{camera}/objects"

    def detections(self, camera: str) -> str:
        """Boxes."""
        return f"{self.base}/{camera}/detections"

    def events(self, camera: str) -> str:
        """News of events; ``+``: of all cameras, to subscribe to."""
        return f"{self.base}/{camera}/events"

    def snapshot(self, camera: str) -> str:
        """The picture."""
        return f"{self.base}/{camera}/snapshot"

    def take_snapshot(self, camera: str) -> str:
        """The command."""
        return f"{self.base}/{camera}/snapshot/take"

    def switch(self, switch: str, camera: str | None = None) -> str:
        """The command; without a camera that for all."""
        return f"{self.base}/{camera}/{switch}/set" if camera else f"{self.base}/{switch}/set"

    def echo(self, client_id: str) -> str:
        """Where a client talks to itself."""
        return f"{self.base}/{client_id.translate(_NO_LEVELS)}/echo"


def encode(values: Mapping[str, Any]) -> bytes:
    """JSON, compact; half a character, as JSON can have it, becomes a question mark."""
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")


def on_off(on: bool) -> str:
    """As Home Assistant writes it."""
    return ON if on else OFF
