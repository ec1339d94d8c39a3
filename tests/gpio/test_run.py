"""The program itself, with pretended pins."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT

SETTINGS = """
[source]
uri = "demo:"
[gpio]
led = 17
relay = "GPIO22"
relay_seconds = 0.5
privacy_button = "BOARD13"
pir = 4
pir_hold = 0
[motion]
every = 3600
[storage]
path = "events"
[mjpeg]
port = 0
[monitor]
interval = 0.5
"""


class Driven:
    """The running program, its log, and its pins."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        (folder / "edgedet.toml").write_text(SETTINGS)
        command = [sys.executable, "-m", "tests.gpio.driven", "run", "--config", str(folder / "edgedet.toml")]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ
            )

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def states(self, number: int) -> str:
        """What a pin has been, from the beginning: ``0 1 0``."""
        assert self.process.stdout is not None
        self.tell(f"state {number}")
        return self.process.stdout.readline().strip().partition(": ")[2]

    def wait_for(self, pattern: str, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.log.read_text()):
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)


@pytest.fixture
def driven(tmp_path: Path) -> Iterator[Driven]:
    driven = Driven(tmp_path)
    try:
        yield driven
    finally:
        driven.process.kill()
        driven.process.communicate()


@pytest.mark.slow
def test_sensor_lamp_relay_and_button(driven: Driven, tmp_path: Path) -> None:
    """Nobody looks until the sensor says so; an event lights the lamp and closes the relay; the button ends it all."""
    driven.wait_for(r"gpio: led 17, privacy_button BOARD13, relay GPIO22, pir 4 by MockFactory")
    time.sleep(4)
    assert not re.search(r"event \d{8}-", driven.log.read_text())
    driven.tell("high 4")
    driven.wait_for(r"relay: closed for 0.5 s, event \d{8}-")
    driven.wait_for(r"relay: open")
    assert driven.states(17).endswith("1")
    assert driven.states(22).startswith("0 1 0")
    driven.tell("low 27")
    driven.wait_for(r"button: privacy on")
    driven.wait_for(r"private; nothing is filmed")
    deadline = time.monotonic() + 5
    while not driven.states(17).endswith("0"):  # the events ended
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (tmp_path / "events" / "privacy" / "on").exists()
    driven.tell("high 27")
    time.sleep(0.1)
    driven.tell("low 27")
    driven.wait_for(r"films again")
    driven.process.send_signal(signal.SIGTERM)
    assert driven.process.wait(10) == 0, driven.log.read_text()
    assert "ERROR" not in driven.log.read_text().upper()


@pytest.mark.slow
def test_after_a_crash_the_relay_is_open_once_it_is_told_so(driven: Driven, tmp_path: Path) -> None:
    """Killed while it is closed; what the unit runs then, or the next start, drives it open before anything else."""
    driven.wait_for("by MockFactory")
    driven.tell("high 4")
    driven.wait_for(r"relay: closed")
    driven.process.kill()
    done = subprocess.run(
        [sys.executable, "-m", "edgedet", "gpio", "off", "--config", str(tmp_path / "edgedet.toml")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
