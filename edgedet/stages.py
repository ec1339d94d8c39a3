"""Builds the stages from the configuration."""

from __future__ import annotations

from edgedet.config import Config
from edgedet.inference.detector import Detector
from edgedet.publish import Publisher
from edgedet.zoo.folder import find_model


def build_detector(config: Config) -> Detector:
    """The detector the configuration describes, loaded and warm."""
    model, detect = config.model, config.detect
    return Detector(
        find_model(model.path) if model.path is not None else None,
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
    )


def build_publishers(config: Config) -> list[Publisher]:
    """The publishers the configuration asks for, not yet open."""
    publishers: list[Publisher] = []
    if config.mjpeg.enabled:
        from edgedet.publish.mjpeg import MjpegPublisher

        publishers.append(MjpegPublisher(config.mjpeg))
    if config.output.jsonl:
        from edgedet.publish.jsonl import JsonlPublisher

        publishers.append(JsonlPublisher(config.output.jsonl))
    if config.output.video is not None:
        from edgedet.publish.video import VideoPublisher

        publishers.append(VideoPublisher(config.output.video))
    return publishers
