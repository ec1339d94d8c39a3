"""A frame that is kept, with what was found in it and why it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2

from edgedet.collect.reasons import Doubt
from edgedet.types import FrameResult

VERSION = 1


@dataclass(frozen=True, slots=True)
class Item:
    """One of a collection.

    Attributes:
        picture: the JPEG's file.
        camera: who took it.
        time: when, in UTC.
        width, height: in pixels.
        objects: :meth:`edgedet.types.Detections.to_dicts`.
        reasons: why it was kept, as ``reason`` and ``about``.
        model: whose objects they are.
        labels: all that the model knows.
    """

    picture: Path
    camera: str
    time: datetime
    width: int
    height: int
    objects: tuple[dict[str, Any], ...]
    reasons: tuple[dict[str, str], ...]
    model: str
    labels: tuple[str, ...]

    @classmethod
    def from_dict(cls, values: dict[str, Any], picture: Path) -> Item:
        """What :func:`describe` gave. Raises KeyError, TypeError or ValueError if something is missing or odd."""
        if values["version"] != VERSION:
            raise ValueError(f"version {values['version']} isn't known")
        for each in values["objects"]:
            x1, y1, x2, y2 = map(float, each["box"])
            if not (x1 <= x2 and y1 <= y2 and 0 <= float(each["score"]) <= 1 and isinstance(each["label"], str)):
                raise ValueError("an object is none")
        return cls(
            picture,
            str(values["camera"]),
            datetime.fromisoformat(values["time"]),
            int(values["width"]),
            int(values["height"]),
            tuple(values["objects"]),
            tuple({"reason": str(each["reason"]), "about": str(each["about"])} for each in values["reasons"]),
            str(values["model"]),
            tuple(map(str, values["labels"])),
        )


def describe(result: FrameResult, doubts: Iterable[Doubt], model: str, camera: str) -> dict[str, Any]:
    """What stands beside a picture, ready for JSON.

    Args:
        result: the frame and what was found in it.
        doubts: why it is kept.
        model: the name of the model.
        camera: that of the camera.
    """
    frame = result.frame
    return {
        "version": VERSION,
        "camera": camera,
        "time": frame.wall.isoformat(timespec="milliseconds"),
        "source": frame.source,
        "index": frame.index,
        "width": frame.width,
        "height": frame.height,
        "model": model,
        "labels": list(result.detections.labels),
        "reasons": [{"reason": doubt.reason, "about": doubt.about} for doubt in doubts],
        "objects": result.detections.to_dicts(),
    }


def encode(result: FrameResult, quality: int) -> bytes:
    """The frame as JPEG; what must not be seen is covered in it, as in everything after the watcher."""
    return bytes(cv2.imencode(".jpg", result.frame.image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
