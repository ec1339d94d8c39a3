"""Those who connect and say nothing, say it slowly, or don't listen."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from edgedet.config.web import WebConfig
from edgedet.web.certificate import context_of, write_pair
from edgedet.web.desk import Desk
from edgedet.web.register import Register
from edgedet.web.server import Server
from edgedet.web.sockets import listen
from tests.web.core.serving import GET, ask, port_of, read_all, serving, wait_for

QUESTION = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """``/endless`` sends as long as somebody listens; a WebSocket too; all else is a word."""
    if scope["type"] == "lifespan":
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})
        return
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while True:
            await send({"type": "websocket.send", "bytes": bytes(1 << 16)})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    while scope["path"] == "/endless":
        await send({"type": "http.response.body", "body": bytes(1 << 16), "more_body": True})
        await asyncio.sleep(0.001)
    await send({"type": "http.response.body", "body": b"word"})


@contextmanager
def patient(register: Register, context: ssl.SSLContext | None = None) -> Iterator[tuple[Server, int]]:
    """A server that has half a second of patience, and its port."""
    server = Server(app, register, headers_s=0.5, reader_s=0.5)
    sock = listen("127.0.0.1", 0)
    port = sock.getsockname()[1]

    async def serve() -> None:
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0)
        await server.listen(sock, context)
        await serving

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    wait_for(lambda: bool(server.servers), "it listens")
    try:
        yield server, port
    finally:
        server.should_exit = True
        thread.join(5)
        assert not thread.is_alive()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 5)


def word(sock: socket.socket) -> bool:
    """Whether the answer comes, to its end."""
    got = b""
    while not got.endswith(b"0\r\n\r\n") and (piece := sock.recv(1000)):
        got += piece
    return b"word" in got


def until_hung_up(sock: socket.socket) -> float:
    begun = time.monotonic()
    read_all(sock)
    sock.close()
    return time.monotonic() - begun


def test_who_says_nothing_is_cut_off() -> None:
    with patient(Register(10)) as (_, port):
        assert 0.3 < until_hung_up(connect(port)) < 3


def test_slow_headers_are_cut_off_however_steady() -> None:
    with patient(Register(10)) as (_, port):
        sock, begun = connect(port), time.monotonic()
        sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with contextlib.suppress(OSError):
            while time.monotonic() - begun < 5:
                sock.sendall(b"X-Header: slowly\r\n")
                time.sleep(0.05)
        assert time.monotonic() - begun < 3
        sock.close()


def test_slow_headers_of_a_second_question_too() -> None:
    with patient(Register(10)) as (server, port):
        server.config.timeout_keep_alive = 0.2  # type: ignore[assignment]
        sock = connect(port)
        sock.sendall(QUESTION)
        assert word(sock)
        sock.sendall(b"GET / HTTP/1.1\r\n")
        assert until_hung_up(sock) < 3


def test_one_connection_may_ask_many_questions() -> None:
    with patient(Register(10)) as (_, port), connect(port) as sock:
        for _ in range(8):
            sock.sendall(QUESTION)
            assert word(sock)
            time.sleep(0.1)  # all in all longer than the patience for one


@pytest.mark.parametrize("path", [b"/endless", b"/socket"])
def test_who_does_not_listen_is_cut_off(path: bytes) -> None:
    register = Register(10)
    upgrade = (
        b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    with patient(register) as (_, port), connect(port) as sock:
        sock.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n" + (upgrade if path == b"/socket" else b"") + b"\r\n")
        wait_for(lambda: len(register) == 1, "it is connected")
        begun = time.monotonic()
        wait_for(lambda: len(register) == 0, "it is cut off")
        assert 0.3 < time.monotonic() - begun < 5


def test_who_listens_slowly_is_not() -> None:
    with patient(Register(10)) as (_, port), connect(port) as sock:
        sock.sendall(QUESTION.replace(b"/ ", b"/endless "))
        ends, got = time.monotonic() + 2, 0
        while time.monotonic() < ends:
            got += len(sock.recv(1 << 18))
            time.sleep(0.02)
        assert got > 1 << 20


def test_the_longest_silent_make_room_for_who_has_something_to_say() -> None:
    register = Register(20)
    with patient(register) as (_, port), ExitStack() as stack:
        busy = stack.enter_context(connect(port))
        busy.sendall(QUESTION.replace(b"/ ", b"/endless "))
        assert busy.recv(100).startswith(b"HTTP/1.1 200")
        silent = [stack.enter_context(connect(port)) for _ in range(100)]
        with connect(port) as sock:
            sock.sendall(QUESTION)
            assert word(sock)
        assert len(register) <= 20
        assert register.turned_away >= 80
        assert silent[0].recv(1) == b""
        assert busy.recv(1 << 16)  # whoever is being answered stays


def test_without_anybody_silent_the_newcomer_has_to_go() -> None:
    register = Register(3)
    with patient(register) as (_, port), ExitStack() as stack:
        stop = threading.Event()
        readers = []
        for _ in range(3):
            sock = stack.enter_context(connect(port))
            sock.sendall(QUESTION.replace(b"/ ", b"/endless "))
            sock.recv(100)
            readers.append(threading.Thread(target=read_until, args=(stop, sock)))
            readers[-1].start()
        newcomer = stack.enter_context(connect(port))
        assert until_hung_up(newcomer) < 2
        assert len(register) == 3
        stop.set()
        for reader in readers:
            reader.join(5)


def test_connections_that_never_begin_tls_are_counted_and_cut_off(tmp_path: Path) -> None:
    write_pair(tmp_path / "cert.pem", tmp_path / "key.pem", [])
    register = Register(20)
    client = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    with patient(register, context_of(tmp_path / "cert.pem", tmp_path / "key.pem")) as (_, port), ExitStack() as stack:
        silent = [stack.enter_context(connect(port)) for _ in range(100)]
        wait_for(lambda: register.turned_away >= 80, "there is room")
        assert silent[0].recv(1) == b""
        with client.wrap_socket(connect(port), server_hostname="127.0.0.1") as sock:
            sock.sendall(QUESTION)
            assert word(sock)
            assert len(register) <= 20
        with client.wrap_socket(connect(port), server_hostname="127.0.0.1") as sock:
            begun = time.monotonic()
            assert read_all(sock) == b""  # says nothing after the handshake
            assert time.monotonic() - begun < 3


def read_until(stop: threading.Event, sock: socket.socket) -> None:
    while not stop.is_set():
        sock.recv(1 << 18)


def idle(service_port: int, count: int, stack: ExitStack) -> list[socket.socket]:
    made = []
    for _ in range(count):
        sock = stack.enter_context(socket.socket())
        sock.settimeout(5)
        sock.connect(("127.0.0.1", service_port))
        made.append(sock)
    return made


def test_300_idle_connections_keep_nobody_out(desk: Desk) -> None:
    with serving(desk, WebConfig(port=0)) as service, ExitStack() as stack:
        idle(port_of(service), 300, stack)
        begun = time.monotonic()
        assert b"200 OK" in ask(service, GET)
        assert time.monotonic() - begun < 1
        assert service.report()["connections"] <= 200


@pytest.mark.slow
def test_10_000_idle_connections_keep_nobody_out(desk: Desk) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(10_000, hard - 1000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        with serving(desk, WebConfig(port=0)) as service, ExitStack() as stack:
            slowest = 0.0
            for _ in range(20):
                idle(port_of(service), count // 20, stack)
                begun = time.monotonic()
                assert b"200 OK" in ask(service, GET)
                slowest = max(slowest, time.monotonic() - begun)
            assert slowest < 2
            assert service.report()["connections"] <= 200
            print(f"{count} connections, slowest answer {slowest:.3f} s")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
