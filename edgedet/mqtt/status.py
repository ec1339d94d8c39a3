"""What is said of the machine and its cameras, as far as only the newest counts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import cv2

from edgedet.config import CameraConfig
from edgedet.config.mqtt import MqttConfig
from edgedet.control import SWITCHES, Control, Switch
from edgedet.drawing.overlay import draw
from edgedet.event import Event
from edgedet.mqtt.latest import Latest
from edgedet.mqtt.objects import Objects
from edgedet.mqtt.topics import OFFLINE, ONLINE, Topics, encode, on_off
from edgedet.types import Detections, Frame, FrameResult

log = logging.getLogger(__name__)

OBJECTS_EVERY = 0.5
"""Seconds between two messages of what is in sight, at least."""
JPEG_QUALITY = 85
SIDE = 1280
"""Most pixels of a picture's longer side."""


class Status:
    """Fills :class:`~edgedet.mqtt.latest.Latest` with what there is to say. From any thread.

    Args:
        config: how often, with what quality of service.
        topics: where.
        control: what is said.
        latest: takes the messages.
        version: of edgedet.
    """

    def __init__(self, config: MqttConfig, topics: Topics, control: Control, latest: Latest, version: str) -> None:
        self._config, self._topics, self._control, self._latest = config, topics, control, latest
        cameras = control.settings.config.cameras
        self._objects = {camera.name: Objects(camera) for camera in cameras}
        self._report: Mapping[str, Any] = {}
        values = {"installed_version": version, "latest_version": version, "title": "edgedet"}
        self._say(topics.version, encode(values), config.qos_state)
        for camera in cameras:
            self._show(camera.name)

    def reload(self, cameras: Iterable[CameraConfig]) -> None:
        """Go on by other rules and zones."""
        for camera in cameras:
            self._objects[camera.name].reload(camera)
            self._show(camera.name)

    def look(self) -> None:
        """Measure, and say how everything is."""
        self._report = self._control.report()
        report = {"time": datetime.now(UTC).isoformat(timespec="seconds"), **self._report}
        self._say(self._topics.health, encode(report), self._config.qos_health)
        for camera in self._objects:
            self._stand(camera)

    def turned(self, switch: Switch, camera: str, on: bool) -> None:
        """A switch was turned."""
        if switch != "recording" and on == (switch == "privacy"):
            self._objects[camera].see(None)
            self._show(camera)
        self._stand(camera)

    def see(self, result: FrameResult) -> None:
        """Take a result. Nothing is made of it here, but where it is sent."""
        self._objects[result.camera].see(result)
        self._show(result.camera)
        if every := self._config.detections_every:
            topic = self._topics.detections(result.camera)
            self._latest.put(topic, partial(_detections, result), self._config.qos_detections, every=every)

    def hear(self, event: Event) -> None:
        """Take news of an event."""
        self._objects[event.camera].hear(event)
        self._show(event.camera)

    def snapshot(self, camera: str) -> None:
        """Send a camera's newest picture."""
        result = self._control.newest(camera)
        if result is None:
            log.warning("mqtt: %s: no snapshot: it shows nothing now", camera)
            return
        make = partial(picture, result.frame, result.detections)
        self._latest.put(self._topics.snapshot(camera), make, self._config.qos_snapshots, retain=True, once=True)

    def _show(self, camera: str) -> None:
        make, qos = self._objects[camera].encode, self._config.qos_state
        self._latest.put(self._topics.objects(camera), make, qos, retain=True, every=OBJECTS_EVERY)

    def _stand(self, camera: str) -> None:
        report = self._report.get("cameras", {}).get(camera, self._report)
        source, fps = report.get("source", {}), report.get("fps", {})
        switches = {
            switch: on_off(self._control.is_on(switch, camera)) for switch in SWITCHES if self._control.has(switch)
        }
        state, qos = source.get("state", "opening"), self._config.qos_state
        values = {"source": state, "detail": source.get("detail", ""), "fps": fps.get("detect", 0.0)}
        drift = self._report.get("services", {}).get("drift", {}).get("cameras", {}).get(camera)
        if drift is not None:
            values |= {"drift": on_off(drift["changed"] is not None), "drift_what": drift["what"] or ""}
        self._say(self._topics.state(camera), encode(switches | values), qos)
        sees = state == "open" and not self._control.is_on("privacy", camera)
        self._say(self._topics.camera_availability(camera), (ONLINE if sees else OFFLINE).encode(), qos)

    def _say(self, topic: str, payload: bytes, qos: int) -> None:
        self._latest.put(topic, lambda: payload, qos, retain=True)


def picture(frame: Frame, detections: Detections | None) -> bytes:
    """A frame as JPEG, with what was found in it, no larger than :data:`SIDE`."""
    image = draw(frame.image, detections) if detections is not None else frame.image
    shrink = SIDE / max(image.shape[:2])
    if shrink < 1:
        size = round(frame.width * shrink), round(frame.height * shrink)
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]  # uint8 stays uint8
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])


def _detections(result: FrameResult) -> bytes:
    """Boxes as fractions of the frame: whoever shows them need not know its size."""
    frame = result.frame
    scaled = result.detections.scale(1 / frame.width, 1 / frame.height)
    objects = result.detections.to_dicts()
    for each, box in zip(objects, scaled.boxes.tolist(), strict=True):
        each["box"] = [round(value, 4) for value in box]
    return encode(
        {
            "camera": result.camera,
            "time": frame.wall.isoformat(timespec="milliseconds"),
            "index": frame.index,
            "width": frame.width,
            "height": frame.height,
            "fps": round(result.fps, 2),
            "objects": objects,
        }
    )
