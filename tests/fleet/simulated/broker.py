"""The fleet's broker by its own settings, on a free port of this machine, as something to kill."""

from __future__ import annotations

import getpass
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from tests.mqtt.mosquitto import MOSQUITTO, free_port
from tests.places import ROOT

FLEET = ROOT / "deploy" / "fleet"


class Broker:
    """mosquitto by ``deploy/fleet/mosquitto``, whose absolute paths are moved into a folder.

    Args:
        folder: for its files; has ``tls`` in it already.
        more: lines below its settings.

    Attributes:
        port: where it listens, after a restart too.
        cpu_s: processor seconds of those that were killed.
    """

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder, self.port, self.cpu_s = folder, free_port(), 0.0
        self._process: psutil.Popen | None = None
        (folder / "mosquitto").mkdir(parents=True)
        (folder / "kept").mkdir()
        for name in ("acl", "mosquitto.conf"):
            text = (FLEET / "mosquitto" / name).read_text()
            (folder / "mosquitto" / name).write_text(moved(text, folder, self.port))
        with (folder / "mosquitto" / "mosquitto.conf").open("a") as config:
            config.write(more)

    @property
    def saved(self) -> Path:
        """What it knows when it is started again."""
        return self.folder / "kept" / "mosquitto.db"

    def wait_saved(self) -> None:
        """Until it has written down, once, who has a session: who comes later than that is unknown after a kill."""
        deadline = time.monotonic() + 60
        while not self.saved.exists():
            assert time.monotonic() < deadline, "mosquitto saves nothing"
            time.sleep(0.5)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        assert MOSQUITTO is not None
        with (self.folder / "mosquitto.log").open("ab") as log:
            command = ["nice", "-n", "19", MOSQUITTO, "-c", str(self.folder / "mosquitto" / "mosquitto.conf")]
            self._process = psutil.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, (self.folder / "mosquitto.log").read_text(errors="replace")
            time.sleep(0.05)
        raise AssertionError("mosquitto doesn't listen")

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        assert self._process is not None
        self.cpu_s += _busy(self._process)
        self._process.kill()
        self._process.wait(10)
        self._process = None

    def stop(self) -> None:
        """End it; twice is fine."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        self._process = None

    def used(self) -> Mapping[str, float]:
        """Processor seconds so far, those of earlier lives too, and memory now in MB."""
        assert self._process is not None
        return {"cpu_s": self.cpu_s + _busy(self._process), "rss_mb": self._process.memory_info().rss / 2**20}


def moved(text: str, folder: Path, port: int) -> str:
    """Settings of the broker's for another place."""
    text = text.replace("/etc/edgedet-fleet", str(folder)).replace("/var/lib/mosquitto/", f"{folder}/kept/")
    text = re.sub(r"^listener 8883$", f"listener {port} 127.0.0.1", text, flags=re.M)
    return f"user {getpass.getuser()}\n{text}" if "listener" in text else text


def _busy(process: psutil.Popen) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
