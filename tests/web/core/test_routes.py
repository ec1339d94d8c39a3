"""Every route there is, without a session, as a viewer and as an admin."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.websockets import WebSocketDisconnect

from edgedet.web.guard import OPEN
from tests.web.driving import Browser

PATHS = {"{camera}": "camera", "{switch}": "privacy", "{day}": "today", "{name}": "nobody"}
FOR_VIEWERS = {
    "/api/session",
    "/api/password",
    "/api/zones/{camera}/try",
    "/api/cameras/{camera}/webrtc",
}
"""What changes nothing that others see: a viewer may send it."""


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of each route; ``WS`` for WebSockets."""
    found = []
    for context in iter_route_contexts(app.routes):
        path = context.path or ""
        if not path.startswith(("/api", "/metrics")):
            continue
        methods = getattr(context, "methods", None) or {"WS"}
        found += [(method, path) for method in sorted(methods)]
    return found


def address(path: str) -> str:
    for key, value in PATHS.items():
        path = path.replace(key, value)
    return path


def test_without_a_session_every_route_refuses(app: FastAPI, client: Browser) -> None:
    walked = routes(app)
    assert len(walked) > 12, walked
    for method, path in walked:
        if (method, path) in OPEN:
            continue
        if method == "WS":
            try:
                with client.websocket_connect(address(path)):
                    raise AssertionError(f"{path} was accepted")
            except WebSocketDisconnect:
                continue
        answer = client.request(method, address(path))
        assert answer.status_code in (401, 403), (method, path, answer.status_code)
        assert answer.headers["content-type"] == "application/json"


def test_each_route_asks_for_itself_too(app: FastAPI) -> None:
    """Were the guard ever passed by, nothing would be open: each route depends on who it is."""
    for context in iter_route_contexts(app.routes):
        path = context.path or ""
        for method in getattr(context, "methods", None) or {"WS"}:
            if not path.startswith("/api") or (method, path) in OPEN:
                continue
            names = _dependencies(context.dependant)
            assert names & {"viewer_of", "admin_of"}, (method, path)


def _dependencies(dependant: object) -> set[str]:
    found = {getattr(dependant.call, "__name__", "")}  # type: ignore[attr-defined]
    for each in dependant.dependencies:  # type: ignore[attr-defined]
        found |= _dependencies(each)
    return found


def test_a_viewer_changes_nothing(app: FastAPI, viewer: Browser) -> None:
    for method, path in routes(app):
        if method in ("GET", "HEAD", "WS") or path in FOR_VIEWERS or (method, path) in OPEN:
            continue
        answer = viewer.request(method, address(path), json={})
        assert answer.status_code in (403, 422), (method, path, answer.text)
        if path != "/api/events/{event_id}/keep":
            assert answer.status_code == 403, (method, path, answer.text)


def test_errors_are_one_line_of_json(admin: Browser) -> None:
    for answer, status in (
        (admin.get("/api/nothing"), 404),
        (admin.get("/nothing.html"), 404),
        (admin.put("/api/session"), 405),
        (admin.post("/api/users", json={"name": 5}), 422),
    ):
        assert answer.status_code == status
        assert list(answer.json()) == ["detail"]
        assert isinstance(answer.json()["detail"], str)


def test_a_fault_shows_nothing_of_the_inside(app: FastAPI, admin: Browser) -> None:
    @app.get("/api/broken")
    def broken() -> None:
        raise RuntimeError("secret things")

    app.router.routes.insert(0, app.router.routes.pop())
    answer = admin.get("/api/broken")
    assert answer.status_code == 500
    assert answer.json() == {"detail": "internal error: edgedet's own fault; its log has more"}
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_the_page_of_the_interface_is_for_those_who_are_logged_in(viewer: Browser, client: Browser) -> None:
    assert viewer.get("/api/openapi.json").json()["openapi"].startswith("3.")
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert client.get(path).status_code == 404
