"""What a test camera makes of the configuration it is asked for: checked and adjusted as picamera2 and libcamera do."""

from __future__ import annotations

from typing import Any

_KEYS = ("format", "size", "stride", "preserve_ar")
_ALIGNED = 64
"""Bytes that rows are padded to, as a Pi 5 does."""


def video_configuration(
    main: dict[str, Any], lores: dict[str, Any] | None, buffer_count: int, **more: Any
) -> dict[str, Any]:
    """As ``create_video_configuration``: defaults filled in, sizes made even.

    Raises:
        ValueError: a stream has a key there is none of.
    """
    asked = _stream({"format": "XBGR8888", "size": (1280, 720), "preserve_ar": True}, main)
    second = {"format": "YUV420", "size": asked["size"], "preserve_ar": False}
    small = None if lores is None else _stream(second, lores)
    return {"use_case": "video", "main": asked, "lores": small, "buffer_count": buffer_count, **more}


def _stream(stream: dict[str, Any], updates: dict[str, Any]) -> dict[str, Any]:
    for name in updates:
        if name not in _KEYS:
            raise ValueError(f"Bad key {name!r}: valid stream configuration keys are {_KEYS}")
    width, height = (stream | updates)["size"]
    return stream | updates | {"size": (width - width % 2, height - height % 2)}


def adjusted(config: dict[str, Any], main_format: str, has_lores: bool) -> dict[str, Any]:
    """What ``configure`` grants: formats as the camera has them, rows padded.

    Args:
        config: from :func:`video_configuration`.
        main_format: what ``main`` comes out as.
        has_lores: whether there is a second stream.

    Raises:
        RuntimeError: it can't be, in picamera2's words.
    """
    main, lores = config["main"], config.get("lores")
    if lores is None:
        return config | {"main": _granted(main, main_format), "lores": None}
    if any(small > large for small, large in zip(lores["size"], main["size"], strict=True)):
        raise RuntimeError("lores stream dimensions may not exceed main stream")
    if not lores["format"].startswith(("YUV", "YVU", "NV")):
        raise RuntimeError("lores stream must be YUV")
    if not has_lores:
        raise RuntimeError(f"Invalid camera configuration: {config}")
    return config | {"main": _granted(main, main_format), "lores": _granted(lores, lores["format"])}


def _granted(stream: dict[str, Any], pixel_format: str) -> dict[str, Any]:
    width, height = stream["size"]
    planar = pixel_format.startswith(("YUV", "YVU", "NV"))
    channels = 1 if planar else 4 if pixel_format in ("XRGB8888", "XBGR8888") else 3
    align = 2 * _ALIGNED if pixel_format in ("YUV420", "YVU420") else _ALIGNED
    stride = -(-width * channels // align) * align
    framesize = stride * height * 3 // 2 if planar else stride * height
    return stream | {"format": pixel_format, "stride": stride, "framesize": framesize}
