"""Builds the stages from the configuration."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial

from edgedet.archive import build_hold
from edgedet.camera import Camera, Recording
from edgedet.capture import open_source
from edgedet.capture.uri import scheme_of
from edgedet.config import Config, SourceConfig
from edgedet.errors import ConfigError
from edgedet.events.change import Change
from edgedet.events.keeper import Keeper
from edgedet.events.keeping import Keeping
from edgedet.events.recorder import Recorder, repair, repair_segment
from edgedet.events.store import Repairs, Store, StoreError
from edgedet.events.store.errors import StoreBusy
from edgedet.gpio.pir import Pir
from edgedet.inference.accelerators import detector_for, runs_in_camera
from edgedet.inference.detector import Detector
from edgedet.inference.preprocess import place
from edgedet.privacy.masks import Masks
from edgedet.privacy.switch import PrivacySwitch, state_folder
from edgedet.publish import Publisher
from edgedet.watcher import Watcher, limits_of
from edgedet.zoo.folder import find_model

log = logging.getLogger(__name__)

DECIDES_WITHIN = 10.0
"""Seconds from when an object is first seen until its event starts, beyond its rule's dwell time; the recorder's memory
reaches so much further back."""


def build_detector(config: Config) -> Detector:
    """The detector the configuration describes, loaded and warm.

    Raises:
        ConfigError: the model can't be run in the way that is asked for.
        ModelError: it can't be run at all.
        RuntimeMissing: there is nothing to run it.
    """
    model, detect = config.model, config.detect
    path = find_model(model.path) if model.path is not None else None
    kind = detector_for(path) if path is not None else None
    if kind is not None and model.isolate != "off":
        raise ConfigError(f"model.isolate: {path} isn't run by the interpreter; leave isolate off")
    return (kind or Detector)(
        path,
        labels=model.labels,
        confidence=detect.confidence,
        class_confidence=detect.class_confidence,
        iou=detect.iou,
        max_detections=detect.max_detections,
        runtime=model.runtime,
        threads=model.threads,
        delegate=model.delegate,
        delegate_fallback=model.delegate_fallback,
        resize=model.resize,
        isolate=model.isolate,
    )


def build_keeping(config: Config) -> Keeping:
    """What becomes of the events of all cameras, and of their films.

    Raises:
        StoreBusy: another process records into the same folder.
    """
    cameras = config.cameras
    live = {camera.name: open_source(camera.source).live for camera in cameras}
    path = config.storage.path
    store = None
    if path is not None:
        hold = build_hold(config.archive, path)
        store = Store(path, config.retention, Repairs(repair, repair_segment), hold=hold)
    keeper = Keeper(store)
    keeper.listen(Log())
    recorders = {}
    if store is not None:
        try:
            store.open()
        except StoreBusy:
            raise
        except StoreError as error:  # a disk that is mounted late, say: the keeper tries again and again
            log.error("%s; detection begins without it", error)
        for camera in cameras:
            recorders[camera.name] = Recorder(
                camera.name,
                camera.record,
                store.places,
                keeper.put,
                store.level,
                remux=not camera.privacy.hides,
                live=live[camera.name],
                late=DECIDES_WITHIN + max((rule.dwell for rule in camera.rules.values()), default=0.0),
            )
    return Keeping(keeper, recorders, all(live.values()))


def build_cameras(
    config: Config, detector: Detector, recorders: Mapping[str, Recording], pir: Pir | None = None
) -> list[Camera]:
    """The cameras, each with all that is done to its frames; not yet open.

    Args:
        config: the settings.
        detector: what finds the objects.
        recorders: by camera, of those that are recorded.
        pir: the motion sensor they ask, if there is one.

    Raises:
        ConfigError: a setting names a label that the model doesn't know.
        SourceError: a source's address makes no sense.
    """
    switch = PrivacySwitch(state_folder(config.storage.path))
    cameras = []
    for each in config.cameras:
        masks = Masks(each.privacy.masks)
        camera = Camera(
            partial(open_source, suited(each.source, detector)),
            each.name,
            cover=masks.cover if masks else None,
            recorder=recorders.get(each.name),
            covers_later=bool(each.privacy.blur),
            limits=limits_of(each, detector.labels),
            is_private=partial(switch.is_on, each.name),
        )
        camera.watcher = Watcher(each, detector.labels, camera.live, pir.of(each.name) if pir is not None else None)
        cameras.append(camera)
    return cameras


def suited(source: SourceConfig, detector: Detector) -> SourceConfig:
    """A camera module's settings with what this detector wants of it.

    That is a small picture, of the size it would scale it to itself; or, of an AI camera, that it runs the network.
    """
    if scheme_of(source.uri) != "picam":
        return source
    from edgedet.capture.picam.streams import main_size  # other cameras needn't load any of it

    if runs_in_camera(detector.model.path):
        return source.model_copy(update={"small": "off", "network": source.network or detector.model.path})
    if source.small != "auto":
        return source
    spot = place(detector.resize, *main_size(source), *detector.input_size)
    width, height = (max(2, 2 * round(side / 2)) for side in (spot.width, spot.height))  # a camera wants even sides
    return source.model_copy(update={"small": f"{width}x{height}"})


def build_publishers(config: Config) -> list[Publisher]:
    """The publishers the configuration asks for, not yet open."""
    names = [camera.name for camera in config.cameras]
    publishers: list[Publisher] = []
    if config.mjpeg.enabled:
        from edgedet.publish.mjpeg import MjpegPublisher

        publishers.append(MjpegPublisher(config.mjpeg, names))
    if config.output.jsonl:
        from edgedet.publish.jsonl import JsonlPublisher

        publishers.append(JsonlPublisher(config.output.jsonl))
    if config.output.video is not None:
        if len(names) > 1:
            raise ConfigError(
                f"output.video: {config.output.video}: one file can't show {len(names)} cameras; leave it out, and "
                "record them with [storage] path and record.continuous"
            )
        from edgedet.publish.video import VideoPublisher

        publishers.append(VideoPublisher(config.output.video))
    return publishers


class Log:
    """Logs an event's start and end."""

    def hear(self, change: Change) -> None:
        """Take news of an event."""
        event = change.event
        where = f" in {', '.join(event.zones)}" if event.zones else ""
        fields = {"camera": event.camera, "event": event.id}
        if event.phase == "start":
            log.info(
                "%s: %s%s (%.2f), event %s",
                event.camera,
                event.label,
                where,
                event.best_score,
                event.id,
                extra=fields,
            )
        elif event.phase == "end":
            seconds = event.end - event.begin
            log.info("%s: %s gone after %.0f s, event %s", event.camera, event.label, seconds, event.id, extra=fields)
