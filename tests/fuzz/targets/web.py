"""Requests to the web application: any method, path, headers and body, from nobody, a viewer or an admin."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fuzz.builders import house
from tests.fuzz.builders.asgi import ask, scope_of
from tests.fuzz.judge import Wrong

LONGEST = 4096
SECONDS = 10
INCLUDE = ("starlette.requests", "starlette.datastructures", "starlette.routing", "starlette.responses")
_BODIES = (
    {"zones": {"porch": {"polygon": [[0, 0], [1, 0], [1, 1]]}}, "confirm": True},
    {"lines": {"gate": {"points": [[0, 0.5], [1, 0.5]]}}, "rules": {}, "etag": "x"},
    {"name": "bob", "password": "long enough for a password", "role": "viewer"},
    {"sdp": "v=0\r\nm=video 9 RTP 96\r\na=rtpmap:96 VP8/90000\r\n", "type": "offer"},
    {"token": "x", "password": "y"},
    {"on": True},
    {"kept": True},
)
_ID = house.EVENT
_PATHS = (
    "GET /", "GET /api/session", "POST /api/session", "DELETE /api/session", "POST /api/setup", "GET /api/openapi.json",
    "GET /api/cameras", "POST /api/cameras/camera/switches/privacy", "GET /api/cameras/camera/snapshot.jpg?annotated=1",
    "GET /api/cameras/camera/stream.mjpg?fps=5&boxes=0", "POST /api/cameras/camera/webrtc", "WS /api/ws?camera=camera",
    "GET /api/zones/camera", "PUT /api/zones/camera", "POST /api/zones/camera/try", "GET /api/health/log?lines=5",
    "GET /api/events?since=2026-11-20T00:00:00Z&limit=5&label=person&kept=1", f"GET /api/events?before={_ID}",
    f"GET /api/events/{_ID}", f"GET /api/events/{_ID}/clip", f"POST /api/events/{_ID}/keep", "GET /api/health/history",
    f"GET /api/events/{_ID}/explain", f"DELETE /api/events/{_ID}", "GET /api/timeline/today", "GET /api/health",
    "GET /api/timeline/2026-11-20.png", "GET /metrics", "GET /api/users", "POST /api/users", "DELETE /api/users/bob",
    "GET /api/machines", "POST /api/machines", "DELETE /api/machines/m", "POST /api/password", "HEAD /api/health/live",
)  # fmt: skip
WORDS = (
    b"Cookie: edgedet=", b"Authorization: Bearer ", b"Range: bytes=0-", b"Content-Length: ", b"Accept: ", b"Host: ",
    b"Content-Type: application/json\n", b"Transfer-Encoding: chunked\n", b"X-CSRF-Token: ", b"Origin: ", b"%2e%2e%2f",
    b"application/openmetrics-text", b"If-None-Match: *", b"/api/", b"%00", b"\xff", b"\\ud800", b"0001-01-01T00:00:00",
    b"+14:00", b"9999-12-31T23:59:59", b"NaN", b"1e999", b"monday", b"today", b"last", *(p.encode() for p in _PATHS),
)  # fmt: skip


def case(data: bytes) -> None:
    """The first byte says who asks; then the request line, header lines, an empty line and the body."""
    here = house.current()
    who, request = data[:1], data[1:]
    head, _, body = request.partition(b"\n\n")
    token = {b"1": here.viewer, b"2": here.admin}.get(who)
    more = [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope = scope_of(head, more)
    if body[:1] in (b"{", b"["):
        scope["headers"].append((b"content-type", b"application/json"))
    here.accounts.attempts.__init__()  # type: ignore[misc]
    endless = scope["type"] == "websocket" or b"stream" in head
    answer = ask(here.app, scope, body, 0.05 if endless else 5.0)
    if answer.status >= 500 and answer.status != 503:
        raise Wrong(f"{answer.status}: {answer.body[:300]!r}")
    if scope["type"] == "http" and not answer.status:
        raise Wrong("no answer")
    if answer.status >= 400 and scope["type"] == "http" and scope["method"] != "HEAD":
        _check(answer.body, answer.status)
    _tidy(here.desk.control.settings.file)


def _check(body: bytes, status: int) -> None:
    """A refusal is one line of JSON that says why."""
    try:
        detail = json.loads(body)["detail"]
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"{status} without a reason: {body[:200]!r}") from None
    if not isinstance(detail, str) or not detail.strip() or "Traceback" in detail or len(detail) > 4000:
        raise Wrong(f"{status} with the reason {detail!r}"[:600])


def _tidy(file: Path | None) -> None:
    """What saving leaves behind; it would fill the memory."""
    if file is not None and len(old := list(file.parent.glob("*.bak"))) > 50:
        for each in old:
            each.unlink()


def seeds() -> list[bytes]:
    made = [f"{who}{path}\n\n".encode() for path in _PATHS for who in "02"]
    made += [f"2{path}\n\n{json.dumps(body)}".encode() for body in _BODIES for path in _PATHS if path[0] == "P"]
    return [*made, b"2GET /api/events?since=0001-01-01T00:00:00%2B14:00\n\n", b"2GET /api/timeline/0001-01-01\n\n"]
