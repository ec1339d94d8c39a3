"""Where frames come from."""

from __future__ import annotations

from typing import Literal

from edgedet.config.section import Seconds, Section, key


class SourceConfig(Section):
    """Where frames come from."""

    uri: str = key("demo:", "camera, stream, file, folder or glob (see Sources)", "--source", min_length=1)
    width: int = key(0, "pixels across to ask a camera for; 0: its default", ge=0, le=16384)
    height: int = key(0, "pixels down to ask a camera for; 0: its default", ge=0, le=16384)
    fps: float = key(0, "frames a second to ask a camera for; 0: its default", ge=0, le=1000)
    format: Literal["auto", "MJPG", "YUYV"] = key("auto", "pixel format to ask a USB camera for")
    transport: Literal["tcp", "udp"] = key("tcp", "how RTSP carries the video")
    open_timeout: Seconds = key(10, "seconds to wait for a network source to open")
    stall_timeout: Seconds = key(10, "seconds without a frame after which a live source is opened again")
    retry_max: Seconds = key(30, "longest pause between attempts to reconnect, in seconds")
    loop: bool = key(False, "start a file or folder again at its end", "--loop/--no-loop")
    as_fast: bool = key(
        False, "read files at full speed, every frame, instead of in real time", "--as-fast/--no-as-fast"
    )
