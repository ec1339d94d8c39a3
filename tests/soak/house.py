"""The house: four cameras of three kinds on one program with page, broker and storage, as at somebody's home."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from tests.capture.servers import HttpCamera, RtspCamera, counting
from tests.e2e.program import PROGRAM
from tests.mqtt.home import Home, home
from tests.mqtt.mosquitto import PASSWORD, USER, Mosquitto, mosquitto
from tests.places import MODEL, SHARED

CAMERAS = ("camera", "yard", "gate", "module")
MAX_GB = 0.1
"""Kept of events at most: small, so that old ones go all the time."""

SETTINGS = """
[monitor]
interval = 60
report = "{folder}/report.json"
[model]
path = "{model}"
threads = 1
[web]
enabled = true
port = 0
metrics = "open"
[mqtt]
host = "127.0.0.1"
port = {broker}
user = "{user}"
password_file = "{folder}/password"
[storage]
path = "{folder}/events"
[retention]
max_gb = {max_gb}
min_free_mb = 100
[record]
pre_roll = 3
post_roll = 3
longest = 30
ring_mb = 8
[source]
stall_timeout = 5
retry_max = 5
[rules.person]
threshold = {threshold}
[[camera]]
name = "camera"
source = {{ uri = "{camera}" }}
[[camera]]
name = "yard"
source = {{ uri = "{yard}" }}
[[camera]]
name = "gate"
source = {{ uri = "{gate}" }}
[[camera]]
name = "module"
source = {{ uri = "picam:test?stall=600", fps = 5 }}
"""


@dataclass
class House:
    """What runs.

    Attributes:
        folder: of settings, log, report and events.
        process: ``edgedet run``.
        url, token: of its page, for programs.
        servers: the network cameras' RTSP servers by camera.
        broker: the broker, and ``home``, who listens there all along.
        threshold: of the rule for persons, which is changed now and then.
    """

    folder: Path
    broker: Mosquitto
    servers: dict[str, RtspCamera]
    home: Home
    gate: str
    threshold: float = 0.6
    url: str = ""
    token: str = ""
    process: subprocess.Popen[bytes] | None = None
    helpers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Path:
        return self.folder / "edgedet.toml"

    @property
    def seen(self) -> psutil.Process:
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def write_settings(self) -> None:
        text = SETTINGS.format(
            folder=self.folder, model=MODEL, broker=self.broker.port, user=USER, max_gb=MAX_GB, gate=self.gate,
            threshold=self.threshold, **{name: server.url for name, server in self.servers.items()},
        )  # fmt: skip
        self.settings.write_text(text)

    def start(self) -> None:
        """Start the program and wait until its page is there."""
        self.token = self.edgedet("web", "machine", "add", "soak", "--role", "admin").split()[-1]
        with (self.folder / "stderr.log").open("ab") as log:
            command = [*PROGRAM, "run", "--config", str(self.settings)]
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
        deadline = time.monotonic() + 30
        while not (found := re.search(r"https?://127\.0\.0\.1:\d+", self.log())):
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)
        self.url = found[0]

    def edgedet(self, *arguments: str, timeout: float = 60) -> str:
        """Run another command with the same settings; what it printed."""
        done = subprocess.run(
            [*PROGRAM, *arguments, "--config", str(self.settings)], capture_output=True, text=True, timeout=timeout
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def log(self) -> str:
        path = self.folder / "stderr.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def report(self) -> dict[str, Any]:
        """The program's own figures, asked for by a signal."""
        path = self.folder / "report.json"
        path.unlink(missing_ok=True)
        self.seen.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            time.sleep(0.1)
            with contextlib.suppress(OSError, ValueError):  # not there yet, or half of it
                report: dict[str, Any] = json.loads(path.read_text())
                return report
        raise AssertionError(f"no report in 20 s; the log ends with:\n{self.log()[-2000:]}")

    def beside(self, *command: str) -> None:
        """Start something that ends by itself, and is ended with the house if it doesn't."""
        self.helpers = [each for each in self.helpers if each.poll() is None]
        self.helpers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def end(self) -> int:
        """Stop the program; its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)


@contextlib.contextmanager
def built(folder: Path) -> Iterator[House]:
    """A house in ``folder``, not started yet; everything of it is gone at the end, but its files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o600)
    with ExitStack() as stack:
        videos = SHARED / "data" / "videos"
        servers = {
            "camera": stack.enter_context(RtspCamera("--file", str(videos / "one-by-one-person-detection.mp4"))),
            "yard": stack.enter_context(RtspCamera("--file", str(videos / "bottle-detection.mp4"))),
        }
        pictures = stack.enter_context(HttpCamera(partial(counting, fps=8)))
        broker = stack.enter_context(mosquitto(folder / "broker"))
        listener = stack.enter_context(home(broker, topic="edgedet/+/events"))
        house = House(folder, broker, servers, listener, pictures.url("mjpeg"))
        house.write_settings()
        try:
            yield house
        finally:
            for each in (*house.helpers, house.process):
                if each is not None and each.poll() is None:
                    each.kill()
                    each.wait()
