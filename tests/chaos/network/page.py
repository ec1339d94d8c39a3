"""A program whose picture is watched: by somebody honest, and by others."""

from __future__ import annotations

import socket
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.chaos.bed import Bed, no_more_files, open_files, within
from tests.chaos.network.watch import report_of
from tests.e2e.program import edgedet

PLAIN = """
[source]
uri = "demo:"
fps = 20
[mjpeg]
enabled = true
port = 0
[metrics]
enabled = true
port = 0
"""
WEB = """
[source]
uri = "demo:"
fps = 20
[storage]
path = "kept"
[record]
clips = false
[mjpeg]
enabled = false
[web]
enabled = true
port = 0
"""
ROUNDS, SECONDS = 3, 3.0
"""How often, and how long, detection is measured without and with the others, in turns."""
MOST_ROUNDS = 7
"""How often where the first rounds leave too little: another program may have had the machine."""
KEEPS = 0.8
"""The part of the detections that must be left."""


class Page:
    """The program, and the honest one who watches it from the first moment.

    Args:
        bed: the case's.
        whole: the web application; False: the plain page.

    Attributes:
        address: host and port.
        stream: path of the pictures.
        head: lines of an honest request's head.
        pictures: that the honest one got.
    """

    def __init__(self, bed: Bed, whole: bool) -> None:
        settings = bed.folder / "edgedet.toml"
        settings.write_text(WEB if whole else PLAIN)
        token = ""
        if whole:
            (bed.folder / "kept").mkdir()
            made = edgedet("web", "machine", "add", "chaos", "--config", settings)
            assert made.returncode == 0, made.stderr
            token = made.stdout.strip()
        self._file = bed.folder / "report.json"
        self.program = bed.run("--config", settings, "--report", self._file, "--threads", 1)
        url = self.program.wait_for(r"(?:web|live picture): http://([\d.:]+)/", 30)[1]
        host, _, port = url.partition(":")
        self.address = (host, int(port))
        self.stream = "/api/cameras/camera/stream.mjpg" if whole else "/stream.mjpg"
        self.snapshot = "/api/cameras/camera/snapshot.jpg" if whole else "/snapshot.jpg"
        self.head = f"Host: {url}\r\n" + (f"Authorization: Bearer {token}\r\n" if token else "")
        self.token, self.pictures = token, 0
        self._stop = threading.Event()
        thread = threading.Thread(target=self._watch, daemon=True)
        thread.start()
        bed.stack.callback(self._stop.set)
        within(30, lambda: self.pictures >= 10, "the honest one sees pictures")

    def _watch(self) -> None:
        buffer = bytearray(1 << 20)
        with self.connect(self.ask(self.stream)) as viewer:
            while not self._stop.is_set():
                try:
                    got = viewer.recv_into(buffer)
                except OSError:
                    return
                if not got:
                    return
                self.pictures += buffer.count(b"Content-Type: image/jpeg", 0, got)

    def ask(self, path: str, more: str = "") -> bytes:
        """A request for something."""
        return f"GET {path} HTTP/1.1\r\n{self.head}{more}\r\n".encode()

    def connect(self, request: bytes = b"", port: int = 0) -> socket.socket:
        """A connection, with a small buffer, and what it begins with."""
        visitor = socket.socket()
        visitor.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        visitor.settimeout(10)
        visitor.connect((self.address[0], port or self.address[1]))
        visitor.sendall(request)
        return visitor

    def seconds_for_a_picture(self) -> float:
        """How long an honest newcomer waits for one picture."""
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"http://{self.address[0]}:{self.address[1]}{self.snapshot}"
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            assert answer.read().startswith(b"\xff\xd8")
        return time.monotonic() - began

    def detected(self) -> tuple[int, float]:
        """Frames looked at so far, and seconds since the start."""
        report = report_of(self.program, self._file)
        return int(report["frames"]["detected"]), float(report["uptime_s"])

    def rate(self, seconds: float) -> float:
        """Frames looked at a second."""
        frames, begin = self.detected()
        time.sleep(seconds)
        more, end = self.detected()
        return (more - frames) / (end - begin)

    def endures(self, attack: Callable[[], AbstractContextManager[object]]) -> str:
        """Assert that detection and the honest ones go on beside the others, and nothing of them is left; in words."""
        process, alone, struck = self.program.process, [], []
        before_all, slowest, pictures, watched, ratio = open_files(process), 0.0, 0, 0.0, 0.0
        while len(alone) < ROUNDS or (ratio < KEEPS and len(alone) < MOST_ROUNDS):  # in turns: a busy moment hits both
            alone.append(self.rate(SECONDS))
            with attack():
                before, begin = self.pictures, time.monotonic()
                struck.append(self.rate(SECONDS))
                slowest = max(slowest, self.seconds_for_a_picture())
                pictures += self.pictures - before
                watched += time.monotonic() - begin
            ratio = statistics.median(struck) / statistics.median(alone)
        seen = f"{statistics.median(struck):.1f} detections/s of {statistics.median(alone):.1f}"
        assert ratio >= KEEPS, f"{ratio:.2f} of the detections are left: {struck} of {alone}"
        assert pictures / watched >= 4, f"the honest one gets {pictures / watched:.1f} pictures a second"
        assert slowest < 3, f"an honest newcomer waits {slowest:.1f} s"
        files = no_more_files(process, before_all, 3, 40)
        assert "Traceback" not in self.program.text(), self.program.text()
        served = f"the honest one {pictures / watched:.0f} pictures/s, a newcomer waits {slowest:.2f} s"
        return f"{seen}, {served}, {files}"
