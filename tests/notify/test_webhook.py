from __future__ import annotations

import base64
import contextlib
import hmac
import json
import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.errors import ConfigError
from edgedet.notify import webhook
from edgedet.notify.signature import HEADER
from edgedet.notify.target import NotSent
from edgedet.notify.webhook import Style, Webhook
from tests.notify.made import PICTURE, message
from tests.notify.receivers import Got, free_port, web

SECRET = b"between the two of us"


def is_ours(got: Got, secret: bytes = SECRET) -> bool:
    """As the documentation tells receivers to do it."""
    fields = dict(field.split("=", 1) for field in got.headers[HEADER].split(","))
    expected = hmac.new(secret, fields["t"].encode() + b"." + got.body, "sha256").hexdigest()
    return hmac.compare_digest(expected, fields["v1"]) and abs(time.time() - int(fields["t"])) < 300


def send(address: str, secret: bytes | None = None, style: Style = "multipart", **values: bytes | None) -> None:
    Webhook(address, secret, style).send(message(**values))  # type: ignore[arg-type]


def test_multipart_brings_json_and_picture_signed() -> None:
    with web() as server:
        send(f"http://{server.address}/hook?token=geheim", SECRET)
        (got,) = server.got
    assert got.path == "/hook?token=geheim"
    assert is_ours(got)
    assert not is_ours(got, b"another")
    got.body += b" "
    assert not is_ours(got)
    parts = got.parts()
    assert parts["picture"].get_payload(decode=True) == PICTURE
    assert parts["picture"].get_content_type() == "image/jpeg"
    assert (parts["picture"].get_filename() or "").endswith("-start.jpg")
    content = json.loads(parts["message"].get_payload(decode=True))  # type: ignore[arg-type]
    assert content["event"] == message().event
    assert content["title"] == "person at front"
    assert content["body"].startswith("22:00:01 start, 90% porch\nhttp://pi:8080/#20241120-220001.123-front")
    assert got.headers["Idempotency-Key"] == f'"{content["key"]}"' == f'"{content["event"]["id"]}/start"'


def test_base64_and_none_are_json() -> None:
    with web() as server:
        send(f"http://{server.address}", SECRET, "base64")
        send(f"http://{server.address}", SECRET, "base64", picture=None)
        send(f"http://{server.address}", None, "none")
        with_picture, without, never = server.got
    assert is_ours(with_picture)
    assert with_picture.headers["Content-Type"] == "application/json"
    assert base64.b64decode(json.loads(with_picture.body)["picture"]) == PICTURE
    assert json.loads(without.body)["picture"] is None
    assert "picture" not in json.loads(never.body)
    assert HEADER not in never.headers


def test_multipart_without_a_picture_has_one_part() -> None:
    with web() as server:
        send(f"http://{server.address}", picture=None)
        assert list(server.got[0].parts()) == ["message"]


@pytest.mark.parametrize(
    ("answer", "said", "final"),
    [
        (500, "HTTP 500", False),
        (503, "HTTP 503", False),
        (401, "HTTP 401", False),
        (429, "HTTP 429", False),
        (413, "HTTP 413", True),
        (422, "HTTP 422", True),
        (301, "HTTP 301: it sends us elsewhere; set notify.webhook to that address", False),
        (302, "HTTP 302: it sends us elsewhere; set notify.webhook to that address", False),
        ("close", "the connection broke (Remote end closed connection without response)", False),
        ("hang", "no answer within 0 s", False),
    ],
)
def test_what_a_receiver_may_do(answer: int | str, said: str, final: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "ANSWER_S", 0.3)
    with web(answer) as server:
        with pytest.raises(NotSent) as raised:
            send(f"http://{server.address}/geheim")
        assert (str(raised.value), raised.value.final) == (said, final)
        assert len(server.got) == 1, "a redirect isn't followed"


@contextlib.contextmanager
def dripping(first: bytes) -> Iterator[int]:
    """A server that begins with this, then sends a byte every 50 ms; its port."""
    stop = threading.Event()

    def drip(listener: socket.socket) -> None:
        with contextlib.suppress(OSError), listener.accept()[0] as client:
            client.sendall(first)
            while not stop.wait(0.05):
                client.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        stop.set()
        thread.join(5)


@pytest.mark.parametrize(("scheme", "first"), [("http", b"HTTP/1.1 "), ("https", b"\x16\x03\x03\x40\x00")])
def test_an_answer_that_drips_is_not_waited_for(scheme: str, first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """No limit for each byte ends it."""
    monkeypatch.setattr(webhook, "WHOLE_S", 0.5)
    start = time.monotonic()
    with dripping(first) as port, pytest.raises(NotSent):
        send(f"{scheme}://127.0.0.1:{port}")
    assert time.monotonic() - start < 5


def test_no_one_there() -> None:
    with pytest.raises(NotSent, match=r"^no connection \(Connection refused\)$"):
        send(f"http://127.0.0.1:{free_port()}/geheim")
    with pytest.raises(NotSent, match="its name can't be looked up"):
        send("http://nobody.invalid/geheim")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    path = tmp_path / "server.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*command, "-keyout", path, "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    path.write_text(path.read_text() + (tmp_path / "cert.pem").read_text())
    return path


def test_a_certificate_nobody_vouches_for(certificate: Path) -> None:
    with web(certificate=certificate) as server, pytest.raises(NotSent) as raised:
        send(f"https://localhost:{server.port}/geheim")
    assert str(raised.value).startswith("its certificate or encryption is not to be trusted (certificate verify failed")
    assert server.got == []


def test_a_server_without_encryption() -> None:
    with web() as server, pytest.raises(NotSent, match="its certificate or encryption is not to be trusted"):
        send(f"https://{server.address}/geheim")


@pytest.mark.parametrize(
    "address",
    ["geheim", "ftp://host/geheim", "http://", "http:///geheim", "http://host:port/geheim", "http://host:99999/geheim",
     "http://ho st/geheim", "http://[::1/geheim", "http://user:geheim@host/", "https://geheim@host/", "http://h/\x00geheim"],
)  # fmt: skip
def test_addresses_that_are_none(address: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Webhook(address, None, "none")
    assert str(raised.value).startswith("notify.webhook: ")
    assert "geheim" not in str(raised.value)


def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with web() as server:
        send(f"http://{server.address}/geheim", SECRET)
    assert "geheim" not in caplog.text
