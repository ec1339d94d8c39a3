"""Addresses without the secrets in them."""

from __future__ import annotations

import re

HIDDEN = "***"

# Raw "/", "?", "#" and "@" in passwords are mistakes that happen: everything up to the last "@" goes, as soon as
# there is a sign of a user (a colon or an at sign) before the path. Hiding too much beats hiding too little.
_USER = re.compile(r"(?<=://)(?=[^/?#]*[:@]).*@", re.DOTALL)
_SECRET = re.compile(
    r"(?<=[?&;#])([^=&;#]*(?:pas|pwd|token|key|secret|auth|sig|cred|user|usr|login|session)[^=&;#]*)=[^&;#]*",
    re.IGNORECASE,
)
# What looks like the host of tgram://TOKEN/CHAT and a hundred more is the secret itself.
_KNOWN = "https?|s?ftps?|rtsps?|rtmps?|rtp|srt|udp|tcp|file|mqtts?|wss?|v4l2"
_OTHER = re.compile(
    rf"(?<![\w+.-])(?!(?:{_KNOWN})://)([A-Za-z][A-Za-z0-9+.-]*)://[^\s\"']+?(?=[:;,.)\]]*(?:[\s\"']|$))"
)


def redact(uri: str) -> str:
    """The address without user name, password and values of query keys that sound like secrets.

    Of a kind that no camera has nothing is left but the kind: it is somebody's to send messages to.


    >>> redact("rtsp://admin:hunter2@10.0.0.7/live?token=abc&channel=1")
    'rtsp://***@10.0.0.7/live?token=***&channel=1'
    >>> redact("tgram://123:abc/42: refused")
    'tgram://***: refused'
    """
    known = _OTHER.sub(rf"\1://{HIDDEN}", uri)
    return _SECRET.sub(rf"\1={HIDDEN}", _USER.sub(f"{HIDDEN}@", known))
