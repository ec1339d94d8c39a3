from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from edgedet.web.accounts import Accounts
from tests.web.driving import Browser

FIRST = {"name": "me", "password": "good enough for me"}


def test_the_first_user_is_made_with_the_token_and_logged_in(client: Browser, accounts: Accounts) -> None:
    assert client.get("/api/session").json()["setup_needed"] is True
    answer = client.post("/api/setup", json=FIRST | {"token": accounts.setup.make()})
    assert answer.status_code == 200, answer.text
    assert answer.json()["role"] == "admin"
    assert client.get("/api/users").json() == {"users": [{"name": "me", "role": "admin"}]}
    assert client.get("/api/session").json()["setup_needed"] is False


def test_it_is_good_once(client: Browser, accounts: Accounts) -> None:
    token = accounts.setup.make()
    assert client.post("/api/setup", json=FIRST | {"token": token}).status_code == 200
    again = client.post("/api/setup", json={"name": "other", "password": "another password", "token": token})
    assert again.status_code == 401
    assert len(accounts.users) == 1


def test_even_a_fresh_one_adds_nobody_later(client: Browser, accounts: Accounts) -> None:
    accounts.users.add("admin", "there already, thanks", "admin")
    answer = client.post("/api/setup", json=FIRST | {"token": accounts.setup.make()})
    assert (answer.status_code, answer.json()["detail"]) == (422, "setup: there is a user already; log in")


def test_two_at_once_make_one_user(accounts: Accounts, client: Browser) -> None:
    token = accounts.setup.make()

    def set_up(number: int) -> int:
        body = {"name": f"me{number}", "password": "good enough for me", "token": token}
        return client.post("/api/setup", json=body).status_code

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(pool.map(set_up, range(5)))
    assert answers[0] == 200
    assert answers.count(200) == 1
    assert len(accounts.users) == 1


def test_a_newer_one_replaces_it(client: Browser, accounts: Accounts) -> None:
    old, new = accounts.setup.make(), accounts.setup.make()
    assert client.post("/api/setup", json=FIRST | {"token": old}).status_code == 401
    assert client.post("/api/setup", json=FIRST | {"token": new}).status_code == 200


@pytest.mark.parametrize("ends", [-1.0, -4000.0, 4000.0])
def test_it_ends_even_if_the_clock_jumps(client: Browser, accounts: Accounts, tmp_path: Path, ends: float) -> None:
    token = accounts.setup.make()
    with sqlite3.connect(tmp_path / "state" / "web" / "users.db") as db:
        db.execute("UPDATE setup SET ends = ?", (time.time() + ends,))
    assert client.post("/api/setup", json=FIRST | {"token": token}).status_code == 401


def test_a_bad_password_does_not_spend_it(client: Browser, accounts: Accounts) -> None:
    token = accounts.setup.make()
    for password, said in (
        ("short", "password: 5 characters are too few; take 10 or more"),
        ("x" * 300, "password: 300 characters are too many; take 256 or fewer"),
        ("aaaaaaaaaaaaaaa", "password: too easy to guess"),
    ):
        answer = client.post("/api/setup", json={"name": "me", "password": password, "token": token})
        assert answer.status_code == 422
        assert said in answer.json()["detail"]
    assert client.post("/api/setup", json=FIRST | {"token": token}).status_code == 200


def test_guessing_is_slow(client: Browser, accounts: Accounts) -> None:
    token = accounts.setup.make()
    for _ in range(6):
        assert client.post("/api/setup", json=FIRST | {"token": "guess"}).status_code == 401
    answer = client.post("/api/setup", json=FIRST | {"token": token})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
