"""The program with its web: the demo's pictures, the real detector, events on a disk."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.program import PROGRAM

SETTINGS = """\
# My own notes, which nobody may touch.

[storage]
path = "{folder}/storage"  # the big disk

[web]
enabled = true
port = {port}

[mjpeg]
enabled = false

[source]
uri = "demo:"
width = 640
height = 360
fps = 8

[rules.person]
leave = 1.0

[rules.cat]
leave = 1.0  # cats are quick

# Where the guests come in.
[zones.porch]
polygon = [[0.1, 0.3], [0.9, 0.3], [0.9, 0.98], [0.1, 0.98]]  # measured in May

[privacy]
masks = [[[0.0, 0.0], [0.1, 0.0], [0.1, 0.1], [0.0, 0.1]]]
"""


@dataclass(frozen=True)
class Whole:
    """It runs.

    Attributes:
        address: of its page.
        settings: its settings file.
        log: the file its log goes to.
        process: it.
    """

    address: str
    settings: Path
    log: Path
    process: subprocess.Popen[bytes]

    def wait_for(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """The first match in the log, as soon as there is one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            text = self.log.read_text(errors="replace")
            if found := re.search(pattern, text):
                return found
            assert self.process.poll() is None, text
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} in {seconds} s; the log:\n{self.log.read_text(errors='replace')}")


@contextlib.contextmanager
def whole(folder: Path, settings: str = SETTINGS) -> Iterator[Whole]:
    """The program, running in this folder; killed at the end.

    Args:
        folder: for its settings, log and storage.
        settings: what the settings file says, unless it is there already.
    """
    file, log = folder / "edgedet.toml", folder / "log.txt"
    (folder / "storage").mkdir(exist_ok=True)
    if not file.exists():
        file.write_text(settings.format(folder=folder, port=_free_port()))
    port = re.search(r"\nport = (\d+)", file.read_text())
    assert port is not None
    with log.open("wb") as output:
        process = subprocess.Popen([*PROGRAM, "run", "--config", file], stdout=output, stderr=output)
    try:
        running = Whole(f"http://127.0.0.1:{port[1]}/", file, log, process)
        running.wait_for(r"web: http")
        yield running
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
