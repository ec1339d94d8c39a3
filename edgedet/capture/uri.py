"""What a source's address says: its scheme, and what of it may be shown."""

from __future__ import annotations

import re

HIDDEN = "***"

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_SHORT = re.compile(r"(demo|picam|v4l2):", re.IGNORECASE)
_CAMERA = re.compile(r"\d+|/dev/video\d+", re.ASCII)

# Raw "/", "?", "#" and "@" in passwords are mistakes that happen: everything up to the last "@" goes, as soon as
# there is a sign of a user (a colon or an at sign) before the path. Hiding too much beats hiding too little.
_USER = re.compile(r"(?<=://)(?=[^/?#]*[:@]).*@", re.DOTALL)
_SECRET = re.compile(
    r"(?<=[?&;#])([^=&;#]*(?:pas|pwd|token|key|secret|auth|sig|cred|user|usr|login|session)[^=&;#]*)=[^&;#]*",
    re.IGNORECASE,
)


def scheme_of(uri: str) -> str:
    """The scheme a source address belongs to, in lower case; "" for a path or glob.

    >>> [scheme_of(uri) for uri in ("0", "/dev/video2", "picam:1", "RTSP://cam/live", "clips/*.mp4")]
    ['v4l2', 'v4l2', 'picam', 'rtsp', '']
    """
    if _CAMERA.fullmatch(uri):
        return "v4l2"
    found = _SHORT.match(uri) or _SCHEME.match(uri)
    return found[1].lower() if found else ""


def redact(uri: str) -> str:
    """The address without user name, password and values of query keys that sound like secrets.

    >>> redact("rtsp://admin:hunter2@10.0.0.7/live?token=abc&channel=1")
    'rtsp://***@10.0.0.7/live?token=***&channel=1'
    """
    return _SECRET.sub(rf"\1={HIDDEN}", _USER.sub(f"{HIDDEN}@", uri))
