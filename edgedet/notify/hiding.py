"""Addresses of receivers without what is secret in them: nearly all of it."""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote

from edgedet.capture.redact import HIDDEN

logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # its lines for debugging carry whole addresses

_SHOWN = re.compile(r"(https?://)(?:[^/?#@]*@)?([^/?#@]+)", re.IGNORECASE)


def hide_address(address: str) -> str:
    """What may be shown of an address: its kind, and of a web address the host.

    In ``tgram://TOKEN/CHAT`` or ``slack://TOKEN/...`` what looks like a host is the secret.

    >>> hide_address("tgram://123456:AAbbCC/987"), hide_address("https://user:pw@hooks.slack.com/services/T0/B0/x")
    ('tgram://***', 'https://hooks.slack.com/***')
    """
    if shown := _SHOWN.match(address):
        return f"{shown[1]}{shown[2]}/{HIDDEN}"
    scheme, colon, _ = address.partition("://")
    return f"{scheme}://{HIDDEN}" if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{0,20}", scheme) else HIDDEN


def scrub(text: str, address: str) -> str:
    """A text about an address without any longer piece of it, such as a token.

    >>> scrub("HTTP 401 for bot 123456:AAbbCCdd", "tgram://123456:AAbbCCdd/987")
    'HTTP 401 for bot ***:***'
    """
    rest = address.partition("://")[2] or address
    pieces = {piece for part in (rest, unquote(rest)) for piece in re.split(r"[/:@?&=#,\s]+", part)}
    for piece in sorted(pieces, key=len, reverse=True):
        if len(piece) >= 5 and piece not in ("localhost", "127.0.0.1"):
            text = text.replace(piece, HIDDEN)
    return re.sub(r"\S+://\S+", lambda found: hide_address(found[0]), text)
