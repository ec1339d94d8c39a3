"""Where frames come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from edgedet.config.camera_controls import CameraControls
from edgedet.config.section import Seconds, Section, key

_SMALL = re.compile(r"auto|off|[1-9]\d{1,4}x[1-9]\d{1,4}")


class SourceKeys(Section):
    """Keys of ``[source]`` for every kind of source."""

    uri: str = key("demo:", "camera, stream, file, folder or glob (see Sources)", "--source", min_length=1)
    width: int = key(0, "pixels across to ask a camera for; 0: its default", ge=0, le=16384)
    height: int = key(0, "pixels down to ask a camera for; 0: its default", ge=0, le=16384)
    fps: float = key(0, "frames a second to ask a camera for; 0: its default", ge=0, le=1000)
    small: str = key(
        "auto", 'second, small picture of a camera module, for the detector: auto, off or a size like "320x180"'
    )
    network: Path | None = key(
        None, "network (.rpk) that an AI camera runs itself; unset: model.path, where that is one"
    )
    format: Literal["auto", "MJPG", "YUYV"] = key("auto", "pixel format to ask a USB camera for")
    transport: Literal["tcp", "udp"] = key("tcp", "how RTSP carries the video")
    open_timeout: Seconds = key(10, "seconds to wait for a network source or a camera module to open")
    stall_timeout: Seconds = key(10, "seconds without a frame after which a live source is opened again")
    retry_max: Seconds = key(30, "longest pause between attempts to reconnect, in seconds")
    encoder: Literal["auto", "hardware", "off"] = key(
        "auto", "film of a camera module from the board's H.264 encoder: where it has one, only so, or never"
    )
    bitrate: int = key(4000, "kilobits a second of the board's encoder", ge=100, le=25_000)
    loop: bool = key(False, "start a file or folder again at its end", "--loop/--no-loop")
    as_fast: bool = key(
        False, "read files at full speed, every frame, instead of in real time", "--as-fast/--no-as-fast"
    )

    @field_validator("small")
    @classmethod
    def _a_size(cls, value: str) -> str:
        if not _SMALL.fullmatch(value):
            raise ValueError(f'"{value}" is no size; write auto, off or pixels, such as "320x180"')
        if "x" in value and any(int(side) % 2 for side in value.split("x")):
            raise ValueError(f'"{value}" has an odd side, which the camera can\'t scale to; use even ones')
        return value


class SourceConfig(CameraControls, SourceKeys):
    """Where frames come from."""
