"""The figures on a port of their own."""

from __future__ import annotations

import contextlib
import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from edgedet.config.metrics import MetricsConfig
from edgedet.errors import ExtraMissing, OutputError
from edgedet.metrics import build_metrics
from edgedet.metrics.server import MOST
from edgedet.metrics.service import HOLDS, MetricsService
from edgedet.post import Post
from tests.metrics.made import Desk, fetch, of, parsed, ran, until


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return ran(tmp_path_factory.mktemp("ran"), frames=3)


@contextlib.contextmanager
def serving(desk: Desk, host: str = "127.0.0.1") -> Iterator[MetricsService]:
    service = build_metrics(MetricsConfig(enabled=True, host=host, port=0), desk)
    assert service is not None
    service.open()
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        yield service
    finally:
        service.close()
        thread.join(2)
        assert not thread.is_alive()


def ask(service: MetricsService, method: str, path: str, host: str | None = None) -> http.client.HTTPResponse:
    where = urlsplit(service.url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=5)
    connection.request(method, path, headers={"Host": host} if host is not None else {})
    return connection.getresponse()


def test_only_where_it_is_wanted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MetricsConfig() == MetricsConfig(enabled=False, host="127.0.0.1", port=9101)
    assert build_metrics(MetricsConfig(), desk) is None
    monkeypatch.setattr("edgedet.metrics.find_spec", lambda _: None)
    with pytest.raises(ExtraMissing, match=r"prometheus-client isn't installed; install edgedet\[metrics\]"):
        build_metrics(MetricsConfig(enabled=True), desk)


def test_it_answers(desk: Desk) -> None:
    with serving(desk) as service:
        status, body, headers = fetch(service.url)
        assert status == 200
        assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert headers["Connection"] == "close"
        assert "edgedet_build_info" in {name for name, _ in parsed(body)}
        assert fetch(service.url, Accept="application/openmetrics-text;version=1.0.0")[1].endswith(b"# EOF\n")
        assert service.report() == {"url": service.url, "served": 2}
        head = ask(service, "HEAD", "/metrics")
        assert (head.status, head.read()) == (200, b"")


def test_a_flood_is_answered_with_what_was_so_just_now(desk: Desk) -> None:
    uptime = []
    with serving(desk) as service:
        begin = time.monotonic()
        while time.monotonic() - begin < 3 * HOLDS:
            uptime.append(of(parsed(fetch(service.url)[1]), "edgedet_uptime_seconds"))
    assert len(uptime) > 4
    assert 2 <= len(set(uptime)) <= 4


@pytest.mark.parametrize(
    ("method", "path", "host", "status"),
    [
        ("GET", "/", None, 404),
        ("GET", "/metrics/../etc/passwd", None, 404),
        ("POST", "/metrics", None, 405),
        ("DELETE", "/metrics", None, 405),
        ("GET", "/metrics", "evil.example", 403),
        ("GET", "/metrics", "127.0.0.1.evil.example", 403),
        ("GET", "/metrics", "", 403),
        ("GET", "/metrics", "[::1", 403),
        ("GET", "/metrics", "localhost:9101", 200),
        ("GET", "/metrics", "[::1]:9101", 200),
    ],
)
def test_what_is_refused(desk: Desk, method: str, path: str, host: str | None, status: int) -> None:
    with serving(desk) as service:
        answer = ask(service, method, path, host)
        assert answer.status == status
        text = answer.read()
        assert status == 200 or text.count(b"\n") == 1


@pytest.mark.parametrize("junk", [b"\0\1\2\r\n\r\n", b"GET\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n", b"A" * 70_000])
def test_nonsense_disturbs_nobody(desk: Desk, junk: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with serving(desk) as service:
        where = urlsplit(service.url)
        line = socket.create_connection((str(where.hostname), where.port), timeout=5)
        with line, contextlib.suppress(OSError):
            line.sendall(junk)
            line.recv(1000)
        assert fetch(service.url)[0] == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_dawdlers_are_sent_away(desk: Desk) -> None:
    with serving(desk) as service, contextlib.ExitStack() as stack:
        where = urlsplit(service.url)
        for _ in range(3 * MOST):
            line = stack.enter_context(socket.create_connection((str(where.hostname), where.port), timeout=5))
            with contextlib.suppress(OSError):
                line.sendall(b"GET /metrics HTTP/1.1\r\nX-Slow: ")

        def answered() -> bool:
            with contextlib.suppress(OSError, http.client.HTTPException):
                return fetch(service.url)[0] == 200
            return False

        began = time.monotonic()
        until(answered, 5, 0.05)
        assert time.monotonic() - began < 3
        threads = [thread for thread in threading.enumerate() if "process_request" in thread.name]
        assert len(threads) <= MOST


def test_a_busy_port_has_a_remedy(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        service = MetricsService(MetricsConfig(enabled=True, port=port), desk)
        with pytest.raises(OutputError, match=f"metrics on 127.0.0.1:{port}: the port is in use; .*metrics.port"):
            service.open()
        service.close()
    service.open()  # as Post does, later
    assert fetch(service.url)[0] == 200
    service.close()
    service.close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "ä" * 100, "a" * 300])
def test_an_address_of_another_machine_has_a_remedy(desk: Desk, host: str) -> None:
    with pytest.raises(OutputError, match=r"no address of this machine; set metrics\.host"):
        MetricsService(MetricsConfig(enabled=True, host=host, port=0), desk).open()


def test_it_runs_at_its_post(desk: Desk) -> None:
    service = MetricsService(MetricsConfig(enabled=True, port=0), desk)
    service.open()
    post = Post(service)
    thread = threading.Thread(target=post.run)
    thread.start()
    assert fetch(service.url)[0] == 200
    began = time.monotonic()
    post.close()
    thread.join(2)
    assert time.monotonic() - began < 1
    assert post.errors == 0
    assert not [t.name for t in threading.enumerate() if t.name == "edgedet-metrics-http"]


def test_a_fault_is_told_and_ends_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> dict[str, object]:
        raise RuntimeError("no figures")

    with serving(desk) as service:
        assert fetch(service.url)[0] == 200
        time.sleep(HOLDS)
        desk.say = broken
        try:
            status, text, _ = fetch(service.url)
        finally:
            desk.say = None
        assert (status, text) == (500, b"The figures can't be read; see the log.\n")
        assert "the figures can't be read" in caplog.text
        assert fetch(service.url)[0] == 200
