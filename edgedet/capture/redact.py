"""Addresses without the secrets in them."""

from __future__ import annotations

import re

HIDDEN = "***"

# Raw "/", "?", "#" and "@" in passwords are mistakes that happen: everything up to the last "@" goes, as soon as
# there is a sign of a user (a colon or an at sign) before the path. Hiding too much beats hiding too little.
_USER = re.compile(r"(?<=://)(?=[^/?#]*[:@])")
_PARTS = re.compile(r"([&;#])")
_SECRET = re.compile(r"pas|pwd|token|key|secret|auth|sig|cred|user|usr|login|session", re.IGNORECASE)
# What looks like the host of tgram://TOKEN/CHAT and a hundred more is the secret itself.
_KNOWN = "https?|s?ftps?|rtsps?|rtmps?|rtp|srt|udp|tcp|file|mqtts?|wss?|v4l2|s3"
_OTHER = re.compile(rf"(?<![A-Za-z0-9+.-])(?!(?:{_KNOWN})://)([A-Za-z0-9+.-]+)://([^\s\"']+)")
_AFTER = ":;,.)]"


def redact(uri: str) -> str:
    """The address without user name, password and values of query keys that sound like secrets.

    Of a kind that no camera has nothing is left but the kind: it is somebody's to send messages to.

    >>> redact("rtsp://admin:hunter2@10.0.0.7/live?token=abc&channel=1")
    'rtsp://***@10.0.0.7/live?token=***&channel=1'
    >>> redact("tgram://123:abc/42: refused")
    'tgram://***: refused'
    """
    known = _OTHER.sub(_without_all, uri)
    user, last = _USER.search(known), known.rfind("@")
    if user is not None and user.start() <= last:
        known = f"{known[: user.start()]}{HIDDEN}@{known[last + 1 :]}"
    return "".join(_without_value(part, number) for number, part in enumerate(_PARTS.split(known)))


# What follows looks once at each letter: a pattern that looks again from each of a stranger's "?" takes minutes.


def _without_all(found: re.Match[str]) -> str:
    """Nothing but the kind, and the punctuation of the sentence it stands in."""
    rest = found[2]
    return f"{found[1]}://{HIDDEN}{rest[max(1, len(rest.rstrip(_AFTER))) :]}"


def _without_value(part: str, number: int) -> str:
    """A part of a query without its value, if its key sounds like a secret; the first begins with a question mark."""
    head, mark, query = part.partition("?") if number == 0 else ("", "", part)
    pieces = query.split("=")
    for at, piece in enumerate(pieces[:-1]):
        if _SECRET.search(piece if at == 0 else piece.partition("?")[2]):
            return f"{head}{mark}{'='.join(pieces[: at + 1])}={HIDDEN}"
    return part
