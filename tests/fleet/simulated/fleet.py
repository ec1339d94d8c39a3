"""Everything that runs: broker, Prometheus, two consumers of events, and cameras that become more."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

from tests.fleet.simulated.broker import FLEET, Broker
from tests.fleet.simulated.camera import SETTINGS, put_board
from tests.fleet.simulated.identity import Authority, authority
from tests.fleet.simulated.scraped import Prometheus
from tests.fleet.simulated.wire import Wire
from tests.mqtt.mosquitto import free_port
from tests.places import ROOT

MODEL = ROOT / "models" / "starter-256-int8.tflite"
CONSUMERS = ("archive-1", "archive-2")
STARTS_WITHIN = 300.0
"""Seconds several cameras have to begin: they share the processors, and are nobody's first concern."""


class Camera:
    """One camera's process."""

    def __init__(self, folder: Path, name: str, broker: int, tls: Path, fps: float) -> None:
        self.folder, self.name, self.metrics = folder, name, free_port()
        folder.mkdir(parents=True)
        put_board(folder / "board")
        text = SETTINGS.format(
            model=MODEL, folder=folder, fps=fps, metrics=self.metrics, broker=broker, tls=tls, name=name
        )
        (folder / "edgedet.toml").write_text(text)
        command = ["nice", "-n", "19", sys.executable, "-m", "tests.fleet.simulated.camera", str(folder / "board")]
        command += ["run", "--no-web", "--config", str(folder / "edgedet.toml")]
        with (folder / "log").open("w") as log:
            self.process = psutil.Popen(
                command, stdout=log, stderr=log, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}
            )

    def begun(self) -> bool:
        """Whether it serves its figures, with frames in them."""
        assert self.process.poll() is None, (self.folder / "log").read_text(errors="replace")[-2000:]
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=10) as answer:
                text = answer.read().decode()
            return f'edgedet_frames_detected_total{{camera="{self.name}"}} 0.0' not in text
        return False

    def told(self) -> set[str]:
        """Keys of all that it wanted to tell, once it has ended; none may be waiting."""
        return set(self._outbox("SELECT key FROM messages WHERE sink = 'mqtt'"))

    def waiting(self) -> set[str]:
        """Keys of what it couldn't tell yet, once it has ended."""
        return set(self._outbox("SELECT key FROM messages WHERE sink = 'mqtt' AND done_at IS NULL"))

    def _outbox(self, query: str) -> list[str]:
        with contextlib.closing(sqlite3.connect(self.folder / "kept" / "outbox.db")) as db:
            return [row[0] for row in db.execute(query)]


class Fleet:
    """A broker and a Prometheus at first; cameras come by :meth:`grow`.

    Args:
        folder: for everything.
        fps: frames a second of each camera.
        every: seconds between two scrapes.
    """

    def __init__(self, folder: Path, fps: float, every: int = 15) -> None:
        self.folder, self._fps = folder, fps
        self._authority: Authority = authority(folder / "tls")
        for name in ("server", "archive", "operator"):
            self._authority.issue(name)
        self.broker, self.prometheus = Broker(folder), Prometheus(folder, every)
        self.cameras: list[Camera] = []
        self.wire = Wire(self.broker.port, folder / "tls")
        self._consumers: list[subprocess.Popen[bytes]] = []

    @property
    def archive(self) -> Path:
        """The consumers' file."""
        return self.folder / "events.db"

    def start(self) -> None:
        """Start what is central."""
        self.broker.start()
        self.prometheus.start()
        for name in CONSUMERS:
            command = ["nice", "-n", "19", sys.executable, str(FLEET / "consumer.py"), "--host", "127.0.0.1", "--port"]
            command += [str(self.broker.port), "--name", name, "--tls", str(self.folder / "tls"), "--to"]
            with (self.folder / f"{name}.log").open("w") as log:
                self._consumers.append(subprocess.Popen([*command, str(self.archive)], stdout=log, stderr=log))
        self.wire.start()
        deadline = time.monotonic() + STARTS_WITHIN
        while self.wire.said().get("clients", (0, 0))[0] < len(CONSUMERS) + 1:
            assert time.monotonic() < deadline, "the consumers don't connect"
            time.sleep(0.5)

    def grow(self, count: int) -> None:
        """Have so many cameras, all of which have seen something when this returns."""
        while len(self.cameras) < count:
            name = f"cam{len(self.cameras) + 1:02}"
            self._authority.issue(name)
            tls = self.folder / "tls"
            self.cameras.append(Camera(self.folder / name, name, self.broker.port, tls, self._fps))
        if self.cameras:
            self.prometheus.find({camera.name: camera.metrics for camera in self.cameras})
        deadline = time.monotonic() + STARTS_WITHIN
        for camera in self.cameras:
            while not camera.begun():
                assert time.monotonic() < deadline, f"{camera.name} doesn't begin"
                time.sleep(0.5)

    def used(self) -> Mapping[str, float]:
        """Processor seconds of all cameras so far, and their memory now in MB."""
        times = [camera.process.cpu_times() for camera in self.cameras]
        memory = [camera.process.memory_info().rss for camera in self.cameras]
        return {"cpu_s": sum(each.user + each.system for each in times), "rss_mb": sum(memory) / 2**20}

    def archived(self) -> set[str]:
        """Keys of all that the consumers have."""
        with contextlib.closing(sqlite3.connect(self.archive, timeout=30)) as db:
            return {row[0] for row in db.execute("SELECT key FROM events")}

    def doubles(self) -> Mapping[str, int]:
        """Messages the consumers got over the wire, how many of them came again, and how many weren't events."""
        with contextlib.closing(sqlite3.connect(self.archive, timeout=30)) as db:
            came, twice, odd = db.execute("SELECT came, twice, odd FROM wire").fetchone()
        return {"came": came, "twice": twice, "odd": odd}

    def stop_cameras(self) -> None:
        """End the cameras, which send what waits, and then give the consumers the time to take it."""
        for camera in self.cameras:
            camera.process.terminate()
        for camera in self.cameras:
            camera.process.wait(60)

    def close(self) -> None:
        """End everything that still runs."""
        self.wire.stop()
        for each in (*(camera.process for camera in self.cameras), *self._consumers):
            if each.poll() is None:
                each.terminate()
                try:
                    each.wait(20)
                except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
                    each.kill()
                    each.wait()
        self.broker.stop()
        self.prometheus.stop()


@contextlib.contextmanager
def fleet(folder: Path, fps: float, every: int = 15) -> Iterator[Fleet]:
    """One that runs, without cameras yet; nothing of it is left running."""
    made = Fleet(folder, fps, every)
    try:
        made.start()
        yield made
    finally:
        made.close()


def outcome(given: Fleet) -> Mapping[str, object]:
    """What came of all events, once the cameras have ended: what is missing, and what came from nowhere."""
    told = set().union(*(camera.told() for camera in given.cameras)) if given.cameras else set()
    waiting = set().union(*(camera.waiting() for camera in given.cameras)) if given.cameras else set()
    archived = given.archived()
    return {
        "told": len(told),
        "archived": len(archived),
        "missing": sorted(told - waiting - archived),
        "unknown": sorted(archived - told),
        "waiting": len(waiting),
        **given.doubles(),
    }


def size_of_figures(camera: Camera) -> int:
    """Bytes of an answer to Prometheus."""
    with urllib.request.urlopen(f"http://127.0.0.1:{camera.metrics}/metrics", timeout=10) as answer:
        return len(answer.read())


def dump(path: Path, values: Mapping[str, object]) -> None:
    """Write JSON, whole."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(json.dumps(values, indent=1) + "\n")
    fresh.replace(path)
