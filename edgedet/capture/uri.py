"""What kind of source an address names."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_SHORT = re.compile(r"(demo|picam|v4l2):", re.IGNORECASE)
_CAMERA = re.compile(r"\d+|/dev/video\d+|/dev/v4l/.+", re.ASCII)


def scheme_of(uri: str) -> str:
    """The scheme a source address belongs to, in lower case; "" for a path or glob.

    >>> [scheme_of(uri) for uri in ("0", "/dev/video2", "picam:1", "RTSP://cam/live", "clips/*.mp4")]
    ['v4l2', 'v4l2', 'picam', 'rtsp', '']
    """
    if _CAMERA.fullmatch(uri):
        return "v4l2"
    found = _SHORT.match(uri) or _SCHEME.match(uri)
    return found[1].lower() if found else ""
