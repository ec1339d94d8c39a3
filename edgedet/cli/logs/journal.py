"""The journal's own protocol: a record with its fields, so that ``journalctl CAMERA=porch`` finds it.

See systemd.io/JOURNAL_NATIVE_PROTOCOL and systemd.journal-fields(7).
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

from edgedet.cli.logs.lines import PRIORITIES, text_of

SOCKET = Path("/run/systemd/journal/socket")
IDENTIFIER = "edgedet"
OWN = {"camera": "CAMERA", "event": "EVENT"}
"""What a record may carry beside its text, by ``extra=``, and the fields for it."""

_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL


def fields_of(record: logging.LogRecord) -> dict[str, str]:
    """The journal's fields for a record."""
    own = {field: str(getattr(record, name)) for name, field in OWN.items() if getattr(record, name, None)}
    return {
        "MESSAGE": text_of(record),
        "PRIORITY": str(PRIORITIES.get(record.levelno, 6)),
        "SYSLOG_IDENTIFIER": IDENTIFIER,
        "CODE_FILE": record.pathname,
        "CODE_LINE": str(record.lineno),
        "CODE_FUNC": record.funcName or "",
        "LOGGER": record.name,
        "THREAD": record.threadName or "",
        **own,
    }


def encoded(fields: Mapping[str, str]) -> bytes:
    r"""Fields as one datagram: ``NAME=value``, or for a value of several lines the name, its length and itself.

    >>> encoded({"A": "1", "B": "x\ny"})
    b'A=1\nB\n\x03\x00\x00\x00\x00\x00\x00\x00x\ny\n'
    """
    return b"".join(_parts(fields))


def _parts(fields: Mapping[str, str]) -> Iterator[bytes]:
    for name, value in fields.items():
        data = value.encode("utf-8", "replace")
        if b"\n" in data:
            yield name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n"
        else:
            yield name.encode() + b"=" + data + b"\n"


class JournalHandler(logging.Handler):
    """Hands records to the journal, and never waits for it: what it can't take now is counted and said later.

    Args:
        path: the journal's socket.
        fallback: takes a record where the journal has gone.

    Raises:
        OSError: nobody listens there.
    """

    def __init__(self, path: Path, fallback: logging.Handler) -> None:
        super().__init__()
        self._fallback, self._lost = fallback, 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.setblocking(False)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise

    def emit(self, record: logging.LogRecord) -> None:
        """Hand a record over."""
        try:
            fields = fields_of(record)
            if self._lost:
                fields["MESSAGE"] += f" ({self._lost} lines before this one were lost: the journal was too slow)"
            self._send(encoded(fields))
            self._lost = 0
        except BlockingIOError:
            self._lost += 1
        except OSError:
            self._fallback.handle(record)
        except Exception:
            self.handleError(record)

    def _send(self, datagram: bytes) -> None:
        try:
            self._socket.send(datagram)
        except OSError as error:
            if error.errno not in (errno.EMSGSIZE, errno.ENOBUFS):
                raise
            self._send_file(datagram)

    def _send_file(self, datagram: bytes) -> None:
        """What is too long for a datagram goes as a sealed file of the memory, in an empty one."""
        file = os.memfd_create("journal", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            with open(file, "wb", closefd=False) as stream:
                stream.write(datagram)
            fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
            socket.send_fds(self._socket, [b""], [file])
        finally:
            os.close(file)
