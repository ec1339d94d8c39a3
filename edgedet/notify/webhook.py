"""A program that is told: a POST of JSON, signed if there is a secret.

The JSON is ``{"key", "title", "body", "link", "event": {...}}``; ``key`` is the same for the same news, so that one
that comes twice can be told. With the picture as ``multipart`` the body is multipart/form-data (RFC 7578) with the
parts ``message`` (the JSON) and ``picture`` (image/jpeg); with ``base64`` the JSON has ``"picture"`` too: the JPEG as
base64, or null.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import threading
import time
from typing import Any, Literal
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from edgedet.errors import ConfigError
from edgedet.notify.hiding import hide_address, scrub
from edgedet.notify.message import Message
from edgedet.notify.signature import HEADER, sign
from edgedet.notify.target import NotSent, name_of

Style = Literal["multipart", "base64", "none"]

CONNECT_S, ANSWER_S = 5.0, 15.0
"""Seconds a receiver may take to accept a connection, and to answer."""
WHOLE_S = 40.0
"""Seconds it may take for all of it: the limits above are for each byte, and one a second is soon enough for them."""
_REFUSED = (400, 405, 406, 410, 411, 413, 414, 415, 422, 501)
"""Answers that the same message will get again."""


class Webhook:
    """A receiver of JSON. Any answer of 200 to 299 means that it has taken the message.

    Args:
        address: http or https, without user name and password; a secret path or query is fine.
        secret: signs each message: see :mod:`edgedet.notify.signature`; None: nothing is signed.
        style: how the picture goes.

    Raises:
        ConfigError: the address can't be used.
    """

    def __init__(self, address: str, secret: bytes | None, style: Style) -> None:
        self._address, self._secret, self._style = check_address(address), secret, style
        self.name = name_of("webhook", address)
        timeout = urllib3.Timeout(connect=CONNECT_S, read=ANSWER_S)
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=1, timeout=timeout, retries=False)
        self._pool.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def send(self, message: Message) -> None:
        """Send it. Raises NotSent."""
        body, kind = _encode(message, self._style)
        headers = {"Content-Type": kind, "User-Agent": "edgedet", "Idempotency-Key": f'"{message.key}"'}
        if self._secret is not None:
            headers[HEADER] = sign(self._secret, body, int(time.time()))
        try:
            answer = self._pool.request(
                "POST", self._address, body=body, headers=headers, redirect=False, preload_content=False
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NotSent(scrub(_reason(error), self._address)) from None
        answer.close()  # what it says beside the status is of no interest, and may be without end
        if 300 <= answer.status < 400:
            raise NotSent(f"HTTP {answer.status}: it sends us elsewhere; set notify.webhook to that address")
        if not 200 <= answer.status < 300:
            raise NotSent(f"HTTP {answer.status}", final=answer.status in _REFUSED)


class _Timed(HTTPConnection):
    """A connection that is hung up on when it takes too long."""

    _timer: threading.Timer | None = None
    _twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self._twin = sock.dup()  # encrypting takes the first one away, and a handshake may drip too
        self._timer = threading.Timer(WHOLE_S, _hang_up, (self._twin,))
        self._timer.daemon = True
        self._timer.start()
        return sock

    def close(self) -> None:
        """Close it."""
        if self._timer is not None and self._twin is not None:
            self._timer.cancel()
            self._twin.close()
        super().close()


class _TimedTls(_Timed, HTTPSConnection):
    """The same, encrypted."""


class _HttpPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Timed


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TimedTls


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # gone meanwhile
        sock.shutdown(socket.SHUT_RDWR)


def check_address(address: str) -> str:
    """The address if a message can be sent there.

    Raises:
        ConfigError: it can't.
    """
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and address.isprintable()
    except ValueError:  # a port that is no number, a bracket that isn't closed
        usable = False
    if not usable or " " in address:
        raise ConfigError(
            f"notify.webhook: {hide_address(address)}: no web address; write it like https://example.com/edgedet"
        )
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            f"notify.webhook: {hide_address(address)}: holds a user name or password; take them out and sign messages"
            " with notify.webhook_secret_file, or use json:// in notify.urls_file"
        )
    return address


def _encode(message: Message, style: Style) -> tuple[bytes, str]:
    content: dict[str, Any] = {
        "key": message.key,
        "title": message.title,
        "body": message.body,
        "link": message.link,
        "event": dict(message.event),
    }
    if style == "base64":
        content["picture"] = base64.b64encode(message.picture).decode() if message.picture is not None else None
    data = json.dumps(content).encode()
    if style != "multipart":
        return data, "application/json"
    parts = [_part("message", data, "application/json")]
    if message.picture is not None:
        name = f"{message.key.replace('/', '-')}.jpg"
        parts.append(_part("picture", message.picture, "image/jpeg", name))
    return encode_multipart_formdata(parts)


def _part(name: str, data: bytes, kind: str, file: str | None = None) -> RequestField:
    part = RequestField(name, data, filename=file)
    part.make_multipart(content_type=kind)
    return part


def _reason(error: Exception) -> str:
    """What went wrong, in words; urllib3's own texts name its objects."""
    cause = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) and error.reason else error
    if isinstance(cause, urllib3.exceptions.SSLError):
        return f"its certificate or encryption is not to be trusted ({_last(cause)})"
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return "its name can't be looked up"
    if isinstance(cause, urllib3.exceptions.NewConnectionError):  # before the next: it is one of those too
        return f"no connection ({_last(cause)})"
    if isinstance(cause, urllib3.exceptions.ConnectTimeoutError):
        return f"no connection within {CONNECT_S:.0f} s"
    if isinstance(cause, urllib3.exceptions.ReadTimeoutError):
        return f"no answer within {ANSWER_S:.0f} s"
    return f"the connection broke ({_last(cause)})"


def _last(error: Exception) -> str:
    """The innermost thing that was said."""
    while isinstance(error.args[-1] if error.args else None, Exception):
        error = error.args[-1]
    found = error.strerror if isinstance(error, OSError) and error.strerror else None
    return (found or str(error).rpartition(">: ")[2]).rpartition("] ")[2] or type(error).__name__
