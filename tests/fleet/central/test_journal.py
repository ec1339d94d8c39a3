"""The cameras' journals, sent to one place by Debian's own programs, through a door that wants a certificate."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.fleet.central.talking import wait
from tests.fleet.simulated.broker import FLEET
from tests.fleet.simulated.identity import authority
from tests.metrics.scraping import tool
from tests.mqtt.mosquitto import free_port

SYSTEMD = Path("/lib/systemd")
ENTRY = (
    "__REALTIME_TIMESTAMP={at}\n__MONOTONIC_TIMESTAMP={at}\n_BOOT_ID=0123456789abcdef0123456789abcdef\n"
    "_HOSTNAME={host}\n_MACHINE_ID=fedcba9876543210fedcba9876543210\nPRIORITY=4\nLOGGER=edgedet.mqtt.service\n"
    "MESSAGE={text}\n\n"
)

pytestmark = pytest.mark.skipif(
    not (SYSTEMD / "systemd-journal-remote").exists(), reason="needs apt-get install systemd-journal-remote"
)


def journal(folder: Path, host: str, count: int) -> Path:
    """A journal as a camera has one."""
    folder.mkdir(parents=True)
    text = "".join(ENTRY.format(at=1_700_000_000_000_000 + i, host=host, text=f"{host} {i}") for i in range(count))
    command = [SYSTEMD / "systemd-journal-remote", "--output", folder / "system.journal", "--split-mode=none", "-"]
    subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)
    return folder


@contextmanager
def remote(folder: Path, port: int) -> Iterator[Path]:
    """The central side, behind the door of the fleet's settings; the folder the journals come to."""
    to, behind = folder / "remote", free_port()
    to.mkdir()
    text = (FLEET / "journal" / "stunnel.conf").read_text().replace("/etc/edgedet-fleet", str(folder))
    text = text.replace("accept = 19532", f"accept = 127.0.0.1:{port}").replace(
        "127.0.0.1:19531", f"127.0.0.1:{behind}"
    )
    (folder / "stunnel.conf").write_text(text)
    commands = (
        [SYSTEMD / "systemd-journal-remote", f"--listen-http=127.0.0.1:{behind}", f"--output={to}"],
        [tool("stunnel4"), folder / "stunnel.conf"],
    )
    with (folder / "remote.log").open("wb") as log:
        running = [subprocess.Popen(command, stdout=log, stderr=log) for command in commands]
    try:
        yield to
    finally:
        for process in running:
            process.terminate()
            process.wait(20)


def upload(folder: Path, source: Path, port: int, tls: Path, name: str) -> subprocess.CompletedProcess[bytes]:
    command = [SYSTEMD / "systemd-journal-upload", f"--url=https://127.0.0.1:{port}", f"--directory={source}"]
    command += [f"--key={tls / name}.pem", f"--cert={tls / name}.pem", f"--trust={tls / 'ca.crt'}"]
    command += [f"--save-state={folder / name}.state", "--follow=no"]
    return subprocess.run(command, capture_output=True, timeout=30)


def read(folder: Path, *matches: str) -> list[str]:
    command = ["journalctl", f"--directory={folder}", "--output=json", "--quiet", *matches]
    lines = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.splitlines()
    return [json.loads(line)["MESSAGE"] for line in lines]


def test_every_camera_s_journal_arrives_once_and_is_found_by_its_fields(tmp_path: Path) -> None:
    signer, port = authority(tmp_path / "tls"), free_port()
    for name in ("server", "cam01", "cam02"):
        signer.issue(name)
    with remote(tmp_path, port) as to:
        for name, count in (("cam01", 5), ("cam02", 3)):
            send = partial(upload, tmp_path, journal(tmp_path / f"{name}.d", name, count), port, tmp_path / "tls", name)
            wait(lambda send=send: send().returncode == 0)  # type: ignore[misc]
        wait(lambda: len(read(to, "LOGGER=edgedet.mqtt.service", "PRIORITY=4")) == 8)
        assert sorted(read(to, "_HOSTNAME=cam02")) == ["cam02 0", "cam02 1", "cam02 2"]


def test_a_stranger_s_journal_is_refused(tmp_path: Path) -> None:
    signer, port = authority(tmp_path / "tls"), free_port()
    signer.issue("server")
    stranger = authority(tmp_path / "other")
    stranger.issue("cam01")
    (tmp_path / "other" / "ca.crt").write_bytes((tmp_path / "tls" / "ca.crt").read_bytes())
    signer.issue("cam02")
    with remote(tmp_path, port) as to:
        source = journal(tmp_path / "cam01.d", "cam01", 1)
        good = partial(upload, tmp_path, source, port, tmp_path / "tls", "cam02")
        wait(lambda: good().returncode == 0)
        assert upload(tmp_path, source, port, tmp_path / "other", "cam01").returncode != 0
        assert len(read(to)) == 1, "that of the fleet's own"
