"""Addresses without the secrets in them."""

from __future__ import annotations

import re

HIDDEN = "***"

_USER_INFO = re.compile(r"(?<=://)[^/?#\s]*@")
_SECRET = re.compile(
    r"(?i)([?&;][^=&;#\s]*(?:pass|pwd|token|secret|key|auth|sig|user|account|login)[^=&;#\s]*=)[^&;#\s'\"]*"
)


def redact(text: str) -> str:
    """A URI, or any text with URIs in it, with user, password and secret-like query values replaced by ``***``.

    >>> redact("rtsp://admin:12345@10.0.0.7/live?token=abc&channel=1")
    'rtsp://***@10.0.0.7/live?token=***&channel=1'
    """
    return _SECRET.sub(rf"\g<1>{HIDDEN}", _USER_INFO.sub(f"{HIDDEN}@", text))
