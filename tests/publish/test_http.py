from __future__ import annotations

import contextlib
import json
import logging
import re
import socket

import pytest

from tests.publish.made import result
from tests.publish.viewing import WAIT, as_image, ask, connect, grey_of, serving, until


def test_health() -> None:
    with serving(max_clients=7) as publisher:
        before = json.loads(ask(publisher, "/health").read())
        assert before["fps"] == 0
        assert before["frame_age_s"] is None
        publisher.publish(result(0, fps=24.8))
        response = ask(publisher, "/health")
        assert response.headers["Content-Type"] == "application/json"
        health = json.loads(response.read())
        assert health["fps"] == 24.8
        assert 0 <= health["frame_age_s"] < WAIT
        assert (health["clients"], health["max_clients"]) == (0, 7)


def test_snapshot() -> None:
    with serving() as publisher:
        early = ask(publisher, "/snapshot.jpg")
        assert early.status == 503
        assert b"no picture yet" in early.read()
        publisher.publish(result(0, grey=150))
        response = ask(publisher, "/snapshot.jpg")
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers["Cache-Control"] == "no-store"
        image = as_image(response.read())
        assert image.shape == (120, 160, 3)
        assert grey_of(image) == pytest.approx(150, abs=3)


def test_the_page_is_whole_and_runs_nothing_but_itself() -> None:
    with serving() as publisher:
        response = ask(publisher, "/")
        text = response.read().decode()
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        policy = response.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert policy.count("'sha256-") == 2
        assert "unsafe" not in policy
        assert "Access-Control-Allow-Origin" not in response.headers
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", text), "nothing from elsewhere"
        assert '"stream.mjpg' in text


@pytest.mark.parametrize("path", ["/", "/health", "/snapshot.jpg", "/stream.mjpg"])
def test_head_is_get_without_the_body(path: str) -> None:
    with serving() as publisher:
        publisher.publish(result(0))
        response = ask(publisher, path, "HEAD")
        assert response.status == 200
        assert response.read() == b""


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /nothing HTTP/1.1", 404),
        ("GET /../../etc/passwd HTTP/1.1", 404),
        ("POST / HTTP/1.1", 405),
        ("DELETE /snapshot.jpg HTTP/1.1", 405),
        ("OPTIONS / HTTP/1.1", 405),
        ("BREW /coffee HTTP/1.1", 501),
        ("GET / HTTP/9.9", 505),
        ("GET /a b HTTP/1.1", 400),
        ("nonsense", 400),
        (f"GET /{'x' * 70_000} HTTP/1.1", 414),
    ],
)
def test_odd_requests_get_a_sentence(
    request_line: str, status: int, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO), serving() as publisher, connect(publisher) as connection:
        caplog.clear()
        with contextlib.suppress(OSError):
            connection.sendall(f"{request_line}\r\nHost: localhost\r\n\r\n".encode())
        answer = b""
        with contextlib.suppress(ConnectionError):
            while data := connection.recv(65536):
                answer += data
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(f"HTTP/1.1 {status} ".encode())
        assert len(body.splitlines()) == 1
    assert caplog.records == []
    assert capfd.readouterr().err == ""


def test_viewers_that_hang_up_are_no_error(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.INFO), serving() as publisher:
        caplog.clear()
        publisher.publish(result(0))
        for text in (b"", b"GE", b"GET /stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET / HTTP/1.1\r\n"):
            with connect(publisher) as connection:
                connection.sendall(text)
                connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0"
                )  # a reset, not a good-bye
        index = iter(range(1, 100_000))
        until(lambda: publisher.publish(result(next(index))) or not publisher._server._connections)  # type: ignore[union-attr]
    assert caplog.records == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:9000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("evil.example", 403),
        ("localhost.evil.example:8080", 403),
        ("127.0.0.1.evil.example", 403),
        ("192.168.1.5", 403),
        ("", 403),
    ],
)
def test_on_loopback_only_its_own_names_are_answered(host: str, status: int) -> None:
    with serving() as publisher:
        publisher.publish(result(0))
        assert ask(publisher, "/snapshot.jpg", Host=host).status == status


def test_elsewhere_any_name_is() -> None:
    with serving(host="0.0.0.0") as publisher:
        assert ask(publisher, "/", Host="camera.home.example").status == 200
        assert "0.0.0.0" not in publisher.url, "an address that leads here"
