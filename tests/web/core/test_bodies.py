from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from edgedet.web.limits import LARGEST_BODY, BodyLimit
from tests.web.driving import Browser


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b"null", "application/json"),
        (b"[]", "application/json"),
        (b'"text"', "application/json"),
        (b'{"name": 1, "password": []}', "application/json"),
        (b'{"name": "admin"}', "application/json"),
        (b'{"password": "' + b"x" * 2000 + b'"}', "application/json"),
        (b'{"name": "' + b"x" * 2000 + b'", "password": "x"}', "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"name": "\\ud800", "password": "\\udfff"}', "application/json"),
        (b'{"name": "a\\u0000b", "password": NaN}', "application/json"),
        (b"name=admin&password=x", "application/x-www-form-urlencoded"),
        (b"<name>admin</name>", "application/xml"),
        (b'{"name": "admin", "password": "x"}', "text/plain"),
    ],
)
def test_malformed_bodies_are_told_of_in_one_line(client: Browser, body: bytes, content_type: str) -> None:
    answer = client.post("/api/session", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in (400, 401, 422), answer.text
    assert list(answer.json()) == ["detail"]
    assert "Traceback" not in answer.text
    assert len(answer.text) < 1000


def test_a_password_that_was_refused_is_not_repeated(client: Browser) -> None:
    answer = client.post("/api/session", json={"name": ["x"], "password": "correct horse"})
    assert answer.status_code == 422
    assert "horse" not in answer.text


def test_oversize_bodies_are_refused(client: Browser) -> None:
    body = b"x" * (LARGEST_BODY + 1)

    def pieces() -> Iterator[bytes]:
        yield from (body[:600_000], body[600_000:])

    for content in (body, pieces()):  # the second without a Content-Length
        answer = client.post("/api/session", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()) == (413, {"detail": "body: more than 1,048,576 bytes; send less"})


@pytest.mark.parametrize("length", ["99999999999999999999", "1048577", "9" * 400])
def test_what_is_only_said_to_be_large_too(client: Browser, length: str) -> None:
    answer = client.post("/api/session", content=b"x", headers={"Content-Length": length})
    assert answer.status_code == 413


def test_a_body_that_never_comes_is_not_waited_for() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response: Response = PlainTextResponse(await request.body())
        await response(scope, receive, send)

    async def slow() -> Message:
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    async def ask() -> None:
        await BodyLimit(app, seconds=0.2)({"type": "http", "headers": []}, slow, send)

    with pytest.raises(Exception, match="408: body: not here after"):
        asyncio.run(ask())
