"""One file over HTTP, resumed where it stopped.

A rest is asked for with ``Range`` and ``If-Range`` (RFC 9110, sections 13 and 14): a server whose file has changed
since sends all of the new one instead.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import urllib3

from edgedet.errors import ModelError, OutputError
from edgedet.toml import hide
from edgedet.zoo.connection import Broken, Gone, open_url
from edgedet.zoo.part import Part, open_part

log = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are here and those there will be (None: the server doesn't say)."""

_CHUNK = 1 << 16
_MOST_BYTES = 2 << 30  # what a TFLite file can have


@dataclass(frozen=True, slots=True)
class Patience:
    """How much a connection may try us.

    Attributes:
        timeout: seconds to connect, and without a byte, before it counts as broken.
        slowest: bytes a second, over ``timeout`` seconds, below which it does too.
        tries: broken connections in a row, without 64 KiB of progress, before giving up; 2 if none ever came about.
        pause: seconds before the second try; doubled each time, 30 at most.
    """

    timeout: float = 20.0
    slowest: int = 256
    tries: int = 6
    pause: float = 0.5


PATIENCE = Patience()


def fetch(
    url: str, path: Path, size: int | None = None, progress: Progress | None = None, patience: Patience = PATIENCE
) -> bool:
    """Bring a file to ``path``, going on from what is in it already.

    Args:
        url: http or https.
        path: where the bytes go; kept when it fails, so that the next call goes on.
        size: the bytes there must be, if known.
        progress: told how far it is.
        patience: with the network.

    Returns:
        Whether some of it is from an earlier call.

    Raises:
        ModelError: the server doesn't have it, offers something else, or can't be reached.
        OutputError: it can't be written, or there is no room.
    """
    with open_part(path, url) as part:
        try:
            _persist(_Transfer(url, part, size, progress or (lambda *_: None), patience))
        except Gone as error:
            raise ModelError(f"{hide(url)}: {error}") from None
        part.sync()
        return part.earlier


def _persist(transfer: _Transfer) -> None:
    """Try until it is whole, or it doesn't look as if it will be."""
    part, patience, url = transfer.part, transfer.patience, hide(transfer.url)
    failures, answered = 0, False
    while True:
        before = part.have
        try:
            if transfer.attempt():
                return
        except Broken as error:
            answered = answered or not error.offline
            failures = 1 if part.have - before >= _CHUNK else failures + 1
            if failures >= (patience.tries if answered else min(2, patience.tries)):
                kept = f"{part.have:,} bytes are kept: pull again to go on" if part.have and part.validator else ""
                raise ModelError(f"{url}: {error}; {kept or 'check the network and pull again'}") from None
            pause = max(min(patience.pause * 2 ** (failures - 1), 30.0), error.wait)
            if answered:  # while offline, the one line at the end says it
                log.info("%s: %s; trying again in %.1f s", url, error, pause)
            time.sleep(pause)


class _Transfer:
    def __init__(self, url: str, part: Part, size: int | None, progress: Progress, patience: Patience) -> None:
        self.url, self.part, self.patience = url, part, patience
        self._size, self._progress = size, progress
        self._total = size

    def attempt(self) -> bool:
        """Ask for what is missing and take it; False if it has to be asked for from the beginning."""
        if not self.part.validator:
            self.part.start_again()
        headers = {"Accept-Encoding": "identity", "User-Agent": "edgedet"}
        if self.part.have:
            headers["Range"] = f"bytes={self.part.have}-"
            if not self.part.validator.startswith("W/"):  # If-Range takes strong ones alone
                headers["If-Range"] = self.part.validator
        with open_url(self.url, headers, self.patience.timeout) as response:
            if not self._accept(response):
                self.part.start_again()
                return False
            self._receive(response)
        return True

    def _accept(self, response: urllib3.BaseHTTPResponse) -> bool:
        """Make ready for what the server sends; False if it doesn't fit what is here."""
        validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        length = response.headers.get("Content-Length", "")
        total = int(length) if length.isdigit() else None
        if response.status == 200:
            self.part.start_again()
        elif not self.part.have:
            raise Gone(f"the server answers {response.status} to a plain request")
        else:
            place = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
            fits = place is not None and int(place[1]) == self.part.have
            if response.status == 416 or place is None or not fits or validator not in ("", self.part.validator):
                return False
            total = None if place[2] == "*" else int(place[2])
        self._check_size(total)
        self._total = total if total is not None else self._size
        if validator and not self.part.validator:
            self.part.remember(validator)
        return True

    def _check_size(self, total: int | None) -> None:
        if total is None:
            return
        if self._size is not None and total != self._size:
            raise Gone(f"{total:,} bytes are offered, {self._size:,} wanted; it was changed, or isn't the file")
        needed, room = total - self.part.have, self.part.room()
        if needed > room:
            raise OutputError(
                f"{self.part.path.parent}: {room / 1e6:,.1f} MB free, {needed / 1e6:,.1f} MB needed; "
                "make room or choose another folder (--to)"
            )
        if total > _MOST_BYTES:
            raise Gone(f"{total:,} bytes are more than a TFLite model can have (2 GiB)")

    def _receive(self, response: urllib3.BaseHTTPResponse) -> None:
        part, patience = self.part, self.patience
        self._progress(part.have, self._total)
        since, then = time.monotonic(), part.have
        while chunk := response.read1(_CHUNK):
            part.append(chunk)
            if part.have > _MOST_BYTES:
                raise Gone("it is more than a TFLite model can have (2 GiB)")
            self._progress(part.have, self._total)
            if time.monotonic() - since >= patience.timeout:
                if part.have - then < patience.slowest * patience.timeout:
                    raise Broken(f"slower than {patience.slowest} bytes a second")
                since, then = time.monotonic(), part.have
        if self._total is not None and part.have != self._total:
            raise Broken("the connection ended early")
