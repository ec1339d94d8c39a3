"""A service manager that only listens."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.program import PROGRAM


@dataclass
class Heard:
    """What a program said to ``NOTIFY_SOCKET``.

    Attributes:
        messages: each, with the ``time.monotonic()`` at which it came.
    """

    socket: socket.socket
    address: str
    messages: list[tuple[float, str]] = field(default_factory=list)

    def listen(self, seconds: float) -> None:
        """Take what comes within so many seconds."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            with contextlib.suppress(TimeoutError):
                self.messages.append((time.monotonic(), self.socket.recv(65536).decode()))

    def drain(self) -> None:
        """Take what is there."""
        self.socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self.messages.append((time.monotonic(), self.socket.recv(65536).decode()))

    def wait_for(self, pattern: str, timeout: float = 20) -> float:
        """When a message that matches came; the first of those heard, or the next."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            for at, message in self.messages:
                if re.search(pattern, message):
                    return at
            self.listen(0.1)
        raise AssertionError(f"no {pattern!r} in {timeout} s; heard: {[text for _, text in self.messages]}")

    def has(self, pattern: str) -> bool:
        return any(re.search(pattern, message) for _, message in self.messages)

    def times(self, pattern: str) -> list[float]:
        return [at for at, message in self.messages if re.search(pattern, message)]


@contextlib.contextmanager
def listening(address: str) -> Iterator[Heard]:
    """A socket at a path, or at ``@NAME``."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(f"\0{address[1:]}" if address[0] == "@" else address)
        yield Heard(bound, address)


@contextlib.contextmanager
def supervised(
    folder: Path, heard: Heard, *arguments: object, watchdog: float = 1.5, **environ: str
) -> Iterator[subprocess.Popen[str]]:
    """``edgedet run`` as a service manager starts it; its log is in ``stderr.log`` of the folder."""
    given = {"NOTIFY_SOCKET": heard.address, "WATCHDOG_USEC": str(int(watchdog * 1e6)), "XDG_STATE_HOME": str(folder)}
    with (folder / "stderr.log").open("w") as log:
        command = [*PROGRAM, "run", "--port", "0", *map(str, arguments)]
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **given, **environ}, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()
