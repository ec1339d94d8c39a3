"""News for the service manager: a line each, whatever is in them."""

from __future__ import annotations

import functools
import socket

from edgedet.supervised.manager import Manager, watchdog_seconds
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import folder

LONGEST = 512
WORDS = (b"\nREADY=1", b"\r", b"\xff", b"\xe2\x80\xa8", b"9223372036854775807", b"1e9", b"\xd9\xa0")


@functools.cache
def _ends() -> tuple[Manager, socket.socket]:
    path = folder() / "notify"
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(str(path))
    listening.setblocking(False)
    return Manager(str(path)), listening


def case(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")  # as file names come
    manager, listening = _ends()
    manager.tell(STATUS=text, WATCHDOG=1)
    lines = listening.recv(1 << 16).split(b"\n")
    if len(lines) != 2 or not lines[0].startswith(b"STATUS=") or lines[1] != b"WATCHDOG=1":
        raise Wrong(f"{text!r} was told as {lines!r}")
    if watchdog_seconds({"WATCHDOG_USEC": text.replace("\0", ""), "WATCHDOG_PID": "1"}, 1) < 0:
        raise Wrong("a watchdog of negative patience")


def seeds() -> list[bytes]:
    return [b"porch 9.8 fps, yard reconnecting (no answer for 10 s), 52 C", b"30000000", b"a\nREADY=0", b"9" * 400]
