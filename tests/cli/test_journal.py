"""The journal's own protocol, read back."""

from __future__ import annotations

import logging
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.cli.logs.journal import JournalHandler


class Journal:
    """A socket like the journal's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(2)

    def entry(self) -> dict[str, str]:
        """The next one, from a datagram or the file that came with an empty one."""
        data, files, _, _ = socket.recv_fds(self.socket, 1 << 20, 1)
        for file in files:
            data = os.pread(file, 1 << 24, 0)
            os.close(file)
        return dict(self._fields(data))

    def _fields(self, data: bytes) -> Iterator[tuple[str, str]]:
        while data:
            line, _, rest = data.partition(b"\n")
            name, equals, value = line.partition(b"=")
            if not equals:
                (length,) = struct.unpack("<Q", rest[:8])
                value, rest = rest[8 : 8 + length], rest[9 + length :]
            yield name.decode(), value.decode()
            data = rest


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "socket")


@pytest.fixture
def fallback() -> Lines:
    return Lines()


@pytest.fixture
def log(journal: Journal, fallback: Lines) -> logging.Logger:
    logger = logging.Logger("edgedet.porch")
    logger.addHandler(JournalHandler(journal.path, fallback))
    return logger


def test_fields(journal: Journal, log: logging.Logger) -> None:
    log.warning("%s: gone", "porch", extra={"camera": "porch", "event": "2026-a"})
    entry = journal.entry()
    assert entry["MESSAGE"] == "porch: gone"
    assert entry["PRIORITY"] == "4"
    assert entry["SYSLOG_IDENTIFIER"] == "edgedet"
    assert entry["LOGGER"] == "edgedet.porch"
    assert entry["CODE_FILE"] == __file__
    assert int(entry["CODE_LINE"]) > 0
    assert entry["CODE_FUNC"] == "test_fields"
    assert entry["THREAD"] == "MainThread"
    assert (entry["CAMERA"], entry["EVENT"]) == ("porch", "2026-a")
    log.info("no camera")
    assert "CAMERA" not in journal.entry()


def test_several_lines_and_a_traceback_are_one_entry(journal: Journal, log: logging.Logger) -> None:
    try:
        raise ValueError("rtsp://admin:hunter2@10.0.0.7/live")
    except ValueError:
        log.exception("one\ntwo")
    message = journal.entry()["MESSAGE"]
    assert message.startswith("one\ntwo\nTraceback ")
    assert "ValueError: rtsp://***@10.0.0.7/live" in message


def test_what_is_too_long_for_a_datagram_goes_as_a_file(journal: Journal, log: logging.Logger) -> None:
    log.info("x" * 1_000_000)
    assert journal.entry()["MESSAGE"] == "x" * 1_000_000


def test_a_journal_that_is_too_slow_is_not_waited_for(journal: Journal, log: logging.Logger) -> None:
    for number in range(2000):
        log.info("%d", number)
    kept = 0
    journal.socket.setblocking(False)
    try:
        while True:
            assert journal.entry()["MESSAGE"] == str(kept)
            kept += 1
    except BlockingIOError:
        pass
    assert 0 < kept < 2000
    log.info("later")
    assert (
        journal.entry()["MESSAGE"] == f"later ({2000 - kept} lines before this one were lost: the journal was too slow)"
    )
    log.info("last")
    assert journal.entry()["MESSAGE"] == "last"


def test_a_journal_that_has_gone(journal: Journal, log: logging.Logger, fallback: Lines) -> None:
    journal.socket.close()
    log.error("still said")
    assert fallback.said == ["still said"]
    with pytest.raises(OSError, match="refused"):
        JournalHandler(journal.path, fallback)
