"""Why a network stream can't be had, in a line that says what to do."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import av

from edgedet.capture.receiver import Lost
from edgedet.errors import SourceError

_SLOWLY: tuple[tuple[type[Exception], str], ...] = (
    (av.HTTPUnauthorizedError, "wrong or missing user or password (401); write USER:PASSWORD before the host's name"),
    (av.HTTPForbiddenError, "forbidden for this user (403); give the user the right on the camera"),
    (av.HTTPNotFoundError, "the camera has nothing at this path (404); check the address"),
    (av.HTTPClientError, "the camera refuses the request (4xx); check the address"),
    (av.InvalidDataError, "what comes isn't video that can be decoded; check the address"),
)
_SOON: tuple[tuple[type[Exception], str], ...] = (
    (av.HTTPServerError, "the camera reports a failure of its own (5xx); start it anew"),
    (ConnectionRefusedError, "connection refused; check the port, and that the camera is on"),
    (ConnectionResetError, "the camera broke the connection off"),
    (BrokenPipeError, "the camera broke the connection off"),
    (EOFError, "the camera closed the connection"),
)
_NEVER = (av.ProtocolNotFoundError, av.DemuxerNotFoundError, av.OptionNotFoundError)
_NO_ANSWER = (av.ExitError, TimeoutError)


def host_of(uri: str) -> str:
    """The host in an address. Raises SourceError if the address makes no sense."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        raise SourceError(
            "no address of a stream; write special characters in the password as %23 (#), %40 (at sign), %2F (/)"
        )
    return host


def resolve(host: str) -> None:
    """Look the host up: FFmpeg says no more than "input/output error" if that fails. Raises Lost."""
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        raise Lost(f"no host is known by the name {host}; check the name and the network") from None


def explain(error: Exception, timeout: float) -> SourceError:
    """What FFmpeg's error means. Its own text isn't used: it may repeat the address with the password in it."""
    if isinstance(error, _NEVER):
        return SourceError("this FFmpeg can't read this kind of stream; use rtsp:// or http://")
    if isinstance(error, _NO_ANSWER):
        return Lost(f"no answer for {timeout:g} s; check the address, and that the camera is on")
    for kind, text in _SLOWLY:
        if isinstance(error, kind):
            return Lost(text, slowly=True)
    for kind, text in _SOON:
        if isinstance(error, kind):
            return Lost(text)
    return Lost(f"can't be reached ({getattr(error, 'strerror', None) or type(error).__name__}); check the network")
