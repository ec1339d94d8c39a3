"""The real program, started as systemd starts it."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from edgedet.privacy.switch import PrivacySwitch
from tests.supervised.manager import listening, supervised


@pytest.fixture
def name() -> str:
    """Of an abstract socket."""
    return f"@edgedet-{os.getpid()}-{time.monotonic_ns()}"


def test_ready_after_an_inference_then_fed_until_it_stops(tmp_path: Path, name: str) -> None:
    with listening(name) as heard, supervised(tmp_path, heard) as process:
        heard.wait_for("^READY=1\nSTATUS=")
        assert "the first inference is done" in (tmp_path / "stderr.log").read_text()
        heard.messages.clear()
        heard.listen(2.5)
        fed = heard.times("^WATCHDOG=1$")
        assert len(fed) >= 3
        assert max(later - former for former, later in itertools.pairwise(fed)) < 1.5
        process.send_signal(signal.SIGTERM)
        heard.wait_for("^STOPPING=1")
        assert process.wait(10) == 0


def test_a_path_will_do_and_the_status_shows_how_it_goes(tmp_path: Path) -> None:
    with listening(str(tmp_path / "notify")) as heard, supervised(tmp_path, heard, watchdog=0) as process:
        heard.wait_for(r"STATUS=\d+\.\d fps")
        heard.listen(1)
        assert not heard.has("WATCHDOG")  # nobody watches
        assert process.poll() is None


def test_a_private_camera_is_ready_at_once_and_fed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    PrivacySwitch(folder).turn(True)
    with listening(name) as heard, supervised(tmp_path, heard, "--storage", folder):
        heard.wait_for("READY=1\nSTATUS=private")
        heard.wait_for("WATCHDOG=1")
        assert "there is nothing to look at" in (tmp_path / "stderr.log").read_text()


def test_a_network_camera_that_is_away_is_waited_for(tmp_path: Path, name: str) -> None:
    with socket.socket() as closed:  # a port where nobody answers
        closed.bind(("127.0.0.1", 0))
        address = f"rtsp://admin:hunter2@127.0.0.1:{closed.getsockname()[1]}/live"
        with listening(name) as heard, supervised(tmp_path, heard, "--source", address) as process:
            heard.wait_for("EXTEND_TIMEOUT_USEC=20000000")
            heard.wait_for("STATUS=reconnecting .*connection refused")
            heard.listen(1)
            assert not heard.has("READY=1")
            assert not heard.has("hunter2")
            assert process.poll() is None


def test_what_may_heal_ends_with_a_status_of_its_own_and_a_mistake_with_2(tmp_path: Path, name: str) -> None:
    with listening(name) as heard:
        with supervised(tmp_path, heard, "--source", "/dev/video97") as process:
            assert process.wait(20) == os.EX_TEMPFAIL
        assert "error" in (tmp_path / "stderr.log").read_text()
        with supervised(tmp_path, heard, "--confidence", "7") as process:
            assert process.wait(20) == 2
        assert not heard.has("READY=1")


@pytest.mark.slow
def test_a_camera_that_stalls_for_good_stops_the_feeding(tmp_path: Path, name: str) -> None:
    source = '[source]\nuri = "picam:test?stall=2&heals=no"\nstall_timeout = 1\n'
    (tmp_path / "edgedet.toml").write_text(f"{source}[service]\nheal_within = 5\n")
    with listening(name) as heard, supervised(tmp_path, heard) as process:
        heard.wait_for("READY=1")
        heard.wait_for("STATUS=camera: no frame for", 30)
        heard.messages.clear()
        heard.listen(3)
        assert not heard.has("WATCHDOG=1")
        assert process.poll() is None  # ending it is the service manager's part
        assert (tmp_path / "stderr.log").read_text().count("the watchdog isn't fed any more: camera: no frame") == 1
