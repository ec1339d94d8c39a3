from __future__ import annotations

import pytest
from starlette.websockets import WebSocketDisconnect

from edgedet.web.accounts import Accounts
from tests.web.driving import HERE, PASSWORDS, Browser

NEW = {"name": "new", "role": "viewer"}


def test_our_own_page_may(admin: Browser) -> None:
    assert admin.post("/api/machines", json=NEW).status_code == 201


def test_without_the_token_nothing_is_changed(admin: Browser, accounts: Accounts) -> None:
    del admin.headers["X-CSRF-Token"]
    for token in (None, "", "0" * 64, "\xff"):
        headers = {} if token is None else {b"X-CSRF-Token": token.encode("latin-1")}
        answer = admin.post("/api/machines", json=NEW, headers=headers)
        assert answer.status_code == 403, token
        assert "X-CSRF-Token" in answer.json()["detail"]
    assert accounts.machines.list() == []


OTHERS = (
    "http://evil.example",
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:8081",
    "https://127.0.0.1:8080",
    "http://127.0.0.1:8080.evil.example",
    "http://127.0.0.1:99999",
    "http://[",
    "ftp://127.0.0.1:8080",
)


def test_another_page_changes_nothing_even_with_the_token(admin: Browser, accounts: Accounts) -> None:
    for origin in OTHERS:
        assert admin.post("/api/machines", json=NEW, headers={"Origin": origin}).status_code == 403, origin
    assert accounts.machines.list() == []


def test_without_an_origin_nothing_is_changed(admin: Browser, accounts: Accounts) -> None:
    del admin.headers["Origin"]
    assert admin.post("/api/machines", json=NEW).status_code == 403
    assert accounts.machines.list() == []


def test_another_session_has_another_token(admin: Browser) -> None:
    other = admin.headers["X-CSRF-Token"]
    admin.log_in("admin", PASSWORDS["admin"])
    assert admin.post("/api/machines", json=NEW, headers={"X-CSRF-Token": other}).status_code == 403


def test_nobody_is_logged_in_by_another_page(client: Browser, accounts: Accounts) -> None:
    accounts.users.add("admin", PASSWORDS["admin"], "admin")
    login = {"name": "admin", "password": PASSWORDS["admin"]}
    assert client.post("/api/session", json=login, headers={"Origin": "http://evil.example"}).status_code == 403
    del client.headers["Origin"]  # a program
    assert client.post("/api/session", json=login).status_code == 200


def test_a_machine_needs_neither(client: Browser, accounts: Accounts) -> None:
    bearer = {"Authorization": f"Bearer {accounts.machines.add('ha', 'admin')}"}
    del client.headers["Origin"]
    assert client.post("/api/machines", json=NEW, headers=bearer).status_code == 201


def test_a_wrong_token_is_not_made_good_by_a_cookie(admin: Browser) -> None:
    assert admin.get("/api/users", headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:8081", "null", None])
def test_websockets_are_for_our_own_page(viewer: Browser, origin: str | None) -> None:
    if origin is None:
        del viewer.headers["Origin"]
    else:
        viewer.headers["Origin"] = origin
    with pytest.raises(WebSocketDisconnect), viewer.websocket_connect(HERE.replace("http", "ws") + "/api/ws"):
        pass


def test_websockets_are_for_those_who_are_logged_in(client: Browser) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(HERE.replace("http", "ws") + "/api/ws"):
        pass
