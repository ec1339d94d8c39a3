"""A real broker: mosquitto, with password and, by choice, encryption under an authority of its own."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
USER, PASSWORD = "cam", "secret-7f3a"

needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto: apt-get install mosquitto")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """A broker that can be killed and started again, remembering what it knew.

    Args:
        folder: for its files.
        tls: whether it encrypts.
        clients: whether it wants to see a certificate of theirs.
        acl: lines of an access control list; empty: everybody may everything.
        more: another line of its settings.
    """

    def __init__(self, folder: Path, tls: bool = False, clients: bool = False, acl: str = "", more: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port, self.tls = folder, free_port(), tls
        self.log = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None
        passwords = folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, USER, PASSWORD], check=True, capture_output=True)
        lines = [
            f"user {getpass.getuser()}", "allow_anonymous false", f"password_file {passwords}",
            f"listener {self.port} 127.0.0.1",
            "persistence true", f"persistence_location {folder}/", "autosave_on_changes true", "autosave_interval 1",
            more,
        ]  # fmt: skip
        if tls:
            make_certificates(folder)
            lines += [f"cafile {folder}/ca.pem", f"certfile {folder}/server.pem", f"keyfile {folder}/server.key"]
            lines += ["require_certificate true"] if clients else []
        if acl:
            (folder / "acl").write_text(acl)
            lines += [f"acl_file {folder}/acl"]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        assert MOSQUITTO is not None
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, self.log.read_text(errors="replace")
            time.sleep(0.02)
        raise AssertionError("mosquitto doesn't listen")

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def stop(self, kill: bool = False) -> None:
        """End it: it writes down what it knows, unless it is killed."""
        if self._process is not None:
            self._process.kill() if kill else self._process.terminate()
            self._process.wait(10)
        self._process = None


@contextmanager
def mosquitto(
    folder: Path, tls: bool = False, clients: bool = False, acl: str = "", more: str = "", started: bool = True
) -> Iterator[Mosquitto]:
    broker = Mosquitto(folder, tls, clients, acl, more)
    try:
        if started:
            broker.start()
        yield broker
    finally:
        broker.stop()


def make_certificates(folder: Path) -> None:
    """``ca``, and by it ``server`` for 127.0.0.1 and ``client``; and ``other``, an authority that signed nothing."""
    for name in ("ca", "other"):
        _openssl(
            folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN=edgedet test {name}", "-keyout", f"{name}.key", "-out", f"{name}.pem",
        )  # fmt: skip
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    for name in ("server", "client"):
        _openssl(
            folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr",
        )  # fmt: skip
        _openssl(
            folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "names", "-out", f"{name}.pem",
        )  # fmt: skip


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
