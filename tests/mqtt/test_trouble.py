"""What is wrong with a broker is said in one line, and nothing else is disturbed."""

from __future__ import annotations

import logging
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgedet.mqtt import connection, delivery, service
from tests.mqtt.home import home
from tests.mqtt.house import House, change, frame, house
from tests.mqtt.mosquitto import PASSWORD, Mosquitto, free_port, mosquitto, needs_mosquitto
from tests.mqtt.publisher import publisher

pytestmark = needs_mosquitto


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "RETRY_FIRST", 0.1)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path_factory.mktemp("plain")) as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """Encrypted, and wants to see a certificate."""
    with mosquitto(tmp_path_factory.mktemp("strict"), tls=True, clients=True) as running:
        yield running


def _trouble(built: House, caplog: pytest.LogCaptureFixture, seconds: float = 0.5) -> str:
    """The one line that was logged, although it was tried more than once; the pipeline went on meanwhile."""
    end = time.monotonic() + seconds
    longest = 0.0
    while time.monotonic() < end:
        start = time.perf_counter()
        built.see(("cat", (0.1, 0.6, 0.3, 0.9)))
        longest = max(longest, time.perf_counter() - start)
        time.sleep(0.03)
    assert longest < 0.1
    [line] = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert PASSWORD not in line
    assert "\n" not in line
    assert line == built.service.report()["trouble"]
    assert not built.service.report()["connected"]
    return line


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_wrong_password(tmp_path: Path, plain: Mosquitto, caplog: pytest.LogCaptureFixture, version: str) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not it")
    wrong.chmod(0o600)
    with house(tmp_path, plain, password_file=wrong, version=version) as built:
        line = _trouble(built, caplog)
    assert "refuses us as porch" in line
    assert "not authorized" in line
    assert "mqtt.user" in line


def test_nobody_listens(tmp_path: Path, plain: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with house(tmp_path, plain, port=free_port()) as built:
        assert "nobody listens there; start the broker" in _trouble(built, caplog)


def test_no_such_name(tmp_path: Path, plain: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with house(tmp_path, plain, host="broker.invalid") as built:
        assert "mqtt.host" in _trouble(built, caplog)


def test_a_certificate_by_another_authority(
    tmp_path: Path, strict: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    with house(tmp_path, strict, ca_file=strict.folder / "other.pem") as built:
        line = _trouble(built, caplog)
    assert "can't be trusted" in line
    assert "mqtt.ca_file" in line


def test_a_certificate_for_another_name(tmp_path: Path, strict: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with house(tmp_path, strict, host="localhost") as built:
        line = _trouble(built, caplog)
    assert "localhost" in line
    assert "mqtt.host" in line


def test_an_expired_certificate(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with mosquitto(tmp_path / "old", tls=True, started=False) as broker:
        subprocess.run(
            "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days -1 -extfile names "
            "-out server.pem", shell=True, cwd=broker.folder, check=True, capture_output=True,
        )  # fmt: skip
        broker.start()
        with house(tmp_path, broker) as built:
            line = _trouble(built, caplog)
    assert "certificate has expired; renew it" in line


def test_plain_where_it_is_encrypted(tmp_path: Path, strict: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with house(tmp_path, strict, tls=False, ca_file=None) as built:
        assert "tls" in _trouble(built, caplog)


def test_encrypted_where_it_is_plain(
    tmp_path: Path, plain: Mosquitto, strict: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    with house(tmp_path, plain, tls=True, ca_file=strict.folder / "ca.pem") as built:
        assert "mqtt.tls" in _trouble(built, caplog)


def test_certificates_of_clients(tmp_path: Path, strict: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    own = {"cert_file": strict.folder / "client.pem", "key_file": strict.folder / "client.key"}
    (tmp_path / "shown").mkdir()
    with house(tmp_path / "shown", strict, **own) as built:
        _wait(lambda: built.service.report()["connected"])
    with house(tmp_path, strict) as built:
        assert "cert_file" in _trouble(built, caplog) or "tls" in caplog.text


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(b"\x20\x03\x00\x00\xff", id="bad properties"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="http", marks=pytest.mark.slow),
        pytest.param(b"\xff" * 500, id="ones", marks=pytest.mark.slow),
        pytest.param(b"\x20\x02\x00\x00", id="short", marks=pytest.mark.slow),
        pytest.param(b"", id="nothing", marks=pytest.mark.slow),
        pytest.param(random.Random(1).randbytes(2000), id="noise", marks=pytest.mark.slow),
    ],
)
def test_what_answers_is_no_broker(
    tmp_path: Path, plain: Mosquitto, caplog: pytest.LogCaptureFixture, says: bytes
) -> None:
    with _saying(says) as port, house(tmp_path, plain, port=port) as built:
        line = _trouble(built, caplog)
    assert "hangs up at once" in line or "isn't MQTT" in line
    assert str(port) in line


def test_a_broker_that_turns_to_stone(
    tmp_path: Path, plain: Mosquitto, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "KEEPALIVE", 2)
    monkeypatch.setattr(connection, "ANSWER", 1.0)
    monkeypatch.setattr(delivery, "ANSWER", 1.0)
    with house(tmp_path, plain) as built:
        _wait(lambda: built.service.report()["connected"])
        assert plain.pid is not None
        os.kill(plain.pid, signal.SIGSTOP)
        try:
            built.service.hear(change(0, "start", frame()))
            _wait(lambda: not built.service.report()["connected"])
            time.sleep(2)
            start = time.perf_counter()
            built.service.hear(change(1))
            assert time.perf_counter() - start < 0.1
        finally:
            os.kill(plain.pid, signal.SIGCONT)
        _wait(lambda: built.service.report()["waiting"] == 0)
        assert built.service.report()["sent"] == 2
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert 1 <= len(lines) <= 3, lines


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_picture_the_broker_wont_have(tmp_path: Path, caplog: pytest.LogCaptureFixture, version: str) -> None:
    with (
        mosquitto(tmp_path / "small", more="max_packet_size 16000") as broker,
        home(broker) as listener,
        house(tmp_path, broker, version=version) as built,
    ):
        noise = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
        built.service.hear(replace(change(0), picture=replace(frame(), image=noise)))
        built.service.hear(change(1))
        listener.wait(lambda: len(listener.on("edgedet/camera/events")) == 2)
    assert "goes without its picture" in caplog.text


@pytest.mark.slow
def test_the_last_will(tmp_path: Path, plain: Mosquitto) -> None:
    with home(plain, "will", "edgedet/availability") as listener:
        with publisher(tmp_path / "program", plain, 0):
            listener.wait(lambda: listener.on("edgedet/availability")[-1:] == [b"online"])
        start = time.monotonic()
        listener.wait(lambda: listener.on("edgedet/availability")[-1] == b"offline")
        assert time.monotonic() - start < 5
    with home(plain, "late", "edgedet/availability") as late:
        late.wait(lambda: late.on("edgedet/availability") == [b"offline"])  # it is retained


@contextmanager
def _saying(what: bytes) -> Iterator[int]:
    """A server that says this to everybody, and hangs up."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with closing(client):
                    client.settimeout(1)
                    try:
                        client.recv(4096)
                        client.sendall(what)
                        client.shutdown(socket.SHUT_WR)
                        while client.recv(4096):
                            pass
                    except OSError:
                        pass

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def _wait(ready: Callable[[], Any], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline
        time.sleep(0.02)
