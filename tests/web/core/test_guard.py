"""What goes on for long is asked again and again whether it still may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI, WebSocket
from starlette.responses import StreamingResponse
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from edgedet.web import guard
from edgedet.web.accounts import Accounts
from tests.web.core.serving import wait_for
from tests.web.driving import PASSWORDS, Browser


@pytest.fixture
def app(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """With a stream and a WebSocket that never end by themselves."""
    monkeypatch.setattr(guard, "LOOK_AGAIN_S", 0.1)

    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"piece"
            await asyncio.sleep(0.02)

    @app.get("/api/endless")
    def endless() -> StreamingResponse:
        return StreamingResponse(pieces())

    @app.websocket("/api/talk")
    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                await socket.send_text("word")
                await asyncio.sleep(0.02)
        except WebSocketDisconnect:
            app.state.told = True

    for _ in range(2):
        app.router.routes.insert(0, app.router.routes.pop())
    return app


def listen(socket: WebSocketTestSession) -> None:
    for _ in range(1000):
        socket.receive_text()


def test_a_stream_ends_with_its_session(viewer: Browser, accounts: Accounts) -> None:
    with ThreadPoolExecutor(1) as pool:
        stream = pool.submit(viewer.get, "/api/endless")
        wait_for(lambda: stream.running(), "it streams")
        with pytest.raises(TimeoutError):
            stream.result(0.5)
        accounts.users.set_password("viewer", "something else entirely")
        answer = stream.result(5)
    assert answer.status_code == 200
    assert answer.content.startswith(b"piecepiece")


def test_a_websocket_ends_with_its_session(app: FastAPI, viewer: Browser, accounts: Accounts) -> None:
    with viewer.websocket_connect("ws://127.0.0.1:8080/api/talk") as socket:
        assert socket.receive_text() == "word"
        viewer.delete("/api/session")
        with pytest.raises(WebSocketDisconnect) as ended:
            listen(socket)
        assert ended.value.code == 1008
        wait_for(lambda: hasattr(app.state, "told"), "the route knows")


def test_with_a_machines_token_too(client: Browser, accounts: Accounts) -> None:
    headers = {"Authorization": f"Bearer {accounts.machines.add('wall', 'viewer')}"}
    with client.websocket_connect("ws://127.0.0.1:8080/api/talk", headers=headers) as socket:
        assert socket.receive_text() == "word"
        accounts.machines.revoke("wall")
        with pytest.raises(WebSocketDisconnect):
            listen(socket)


def test_many_logins_at_once_leave_threads_for_others(client: Browser, accounts: Accounts) -> None:
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")

    def log_in(number: int) -> int:
        return client.post("/api/session", json={"name": f"name {number}", "password": "wrong"}).status_code

    with ThreadPoolExecutor(30) as pool:
        answers = set(pool.map(log_in, range(60)))
    assert answers <= {401, 429, 503}
    assert client.get("/api/session").status_code == 200


def test_abuse_of_ranges_is_cheap(client: Browser) -> None:
    many = ",".join(f"{n}-{n}" for n in range(0, 4000, 2))
    for ranges in (
        f"bytes={many}",
        "bytes=0-,0-,0-,0-",
        "bytes=-1",
        "bytes=9-1",
        "bytes=x",
        "bytes=99999999999999999999-",
    ):
        answer = client.get("/", headers={"Range": ranges})
        assert answer.status_code in (200, 206, 400, 404, 416), ranges
        assert len(answer.content) < 1 << 18
