"""The log's lines: none passes for another, none shows a password."""

from __future__ import annotations

import logging
import struct

from edgedet.cli.logs.journal import encoded, fields_of
from edgedet.cli.logs.lines import LineFormatter, PrefixFormatter
from edgedet.web.logtail import LogTail
from tests.fuzz.judge import SECRET, Wrong

LONGEST = 8192
WORDS = (
    b"\n<3>", b"://", b"rtsp://a:b@c/", b"password=", b"token: ", b"Bearer ", b"\nMESSAGE\n", b"\r", b"\xff",
    b"\x1b[2J", b"\xe2\x80\xa8", b"Authorization: ", b"\n", b":.:.:.:.", b"a://", b"secret ",
)  # fmt: skip
_PREFIXED, _LINES = PrefixFormatter(), LineFormatter(True)


def case(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape") + f" rtsp://user:{SECRET}@camera/live"
    record = logging.LogRecord("edgedet.x", logging.WARNING, __file__, 1, "%s", (text,), None, "case")
    record.camera = text[:20]
    datagram, prefixed = encoded(fields_of(record)), _PREFIXED.format(record)
    tail = LogTail(4)
    tail.emit(record)
    _LINES.format(record)
    if not all(line.startswith("<4>") for line in prefixed.splitlines()):
        raise Wrong(f"a line without its level: {prefixed!r}")
    names = _names(datagram)
    if len(names) != len(set(names)) or set(names) - {*fields_of(record)}:
        raise Wrong(f"fields {names}")
    if any(SECRET in each for each in (prefixed, *tail.newest(4))) or SECRET.encode() in datagram:
        raise Wrong(f"a password in {prefixed[:400]!r}")


def _names(datagram: bytes) -> list[str]:
    """The fields' names, as the journal reads them."""
    names = []
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        name, equals, _ = line.partition(b"=")
        if not equals:
            rest = rest[8 + struct.unpack_from("<Q", rest)[0] + 1 :]
        names.append(name.decode())
        datagram = rest
    return names


def seeds() -> list[bytes]:
    return [b"front: reconnecting (no answer for 10 s)", b"a\nb", b"password = 'x y'", b"Authorization: Bearer abcdef",
            b"tgram://123:abc/42: refused", b"x://" + b":." * 200 + b"y", b"?" + b"pas" * 300]  # fmt: skip
