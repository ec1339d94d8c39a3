from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest
from fastapi import FastAPI

from edgedet.web.accounts import Accounts
from tests.web.driving import HERE, PASSWORDS, Browser

NOBODY = {"name": None, "role": None, "csrf": None, "setup_needed": False}


def test_logged_in_and_out(viewer: Browser) -> None:
    assert viewer.get("/api/session").json()["role"] == "viewer"
    assert viewer.delete("/api/session").status_code == 204
    assert "edgedet" not in viewer.cookies
    assert viewer.get("/api/session").json() == NOBODY


def test_logging_out_ends_the_session_for_a_copied_cookie_too(viewer: Browser, client: Browser) -> None:
    cookie = viewer.cookies["edgedet"]
    viewer.delete("/api/session")
    assert client.get("/api/users", headers={"Cookie": f"edgedet={cookie}"}).status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Browser, accounts: Accounts) -> None:
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    answer = client.post("/api/session", json={"name": "viewer", "password": PASSWORDS["viewer"]})
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert "path=/" in flags
    assert "secure" not in flags  # over plain http browsers would throw it away


def test_under_tls_the_cookie_is_for_this_host_and_encrypted_only(app: FastAPI, accounts: Accounts) -> None:
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    with Browser(app, HERE.replace("http:", "https:")) as browser:
        answer = browser.post("/api/session", json={"name": "viewer", "password": PASSWORDS["viewer"]})
        assert answer.headers["set-cookie"].startswith("__Host-edgedet=")
        assert "secure" in answer.headers["set-cookie"].lower()


def test_no_session_is_taken_over_from_before_the_login(viewer: Browser) -> None:
    before = viewer.cookies["edgedet"]
    viewer.log_in("viewer", PASSWORDS["viewer"])
    assert viewer.cookies["edgedet"] != before
    viewer.cookies.clear()
    assert viewer.get("/api/users", headers={"Cookie": f"edgedet={before}"}).status_code == 401


@pytest.mark.parametrize("age_h", [24.1, 169])
def test_sessions_end_when_idle_and_for_good(viewer: Browser, tmp_path: Path, age_h: float) -> None:
    then = time.time() - age_h * 3600
    with sqlite3.connect(tmp_path / "state" / "web" / "users.db") as db:
        db.execute("UPDATE sessions SET seen = ?" if age_h < 100 else "UPDATE sessions SET made = ?", (then,))
    assert viewer.get("/api/session").json() == NOBODY
    assert viewer.get("/api/cameras").status_code == 401


def test_use_keeps_a_session_alive(viewer: Browser, tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "state" / "web" / "users.db", isolation_level=None)
    db.execute("UPDATE sessions SET seen = ?", (time.time() - 23.9 * 3600,))
    assert viewer.get("/api/session").json()["name"] == "viewer"
    assert time.time() - db.execute("SELECT seen FROM sessions").fetchone()[0] < 60
    db.close()


@pytest.mark.parametrize(
    "cookie",
    ["", "x", "admin", "0" * 43, "' OR 1=1 --", "a" * 5000, "%00", "../../etc/passwd", '{"role":"admin"}', "\xff\xfe"],
)
def test_forged_cookies_open_nothing(client: Browser, accounts: Accounts, cookie: str) -> None:
    accounts.users.add("admin", PASSWORDS["admin"], "admin")
    answer = client.get("/api/users", headers={"Cookie": f"edgedet={cookie}".encode("latin-1")})
    assert answer.status_code == 401


def test_what_is_kept_opens_nothing(viewer: Browser, client: Browser, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state" / "web" / "users.db") as db:
        kept = db.execute("SELECT digest FROM sessions").fetchone()[0]
    assert client.get("/api/cameras", headers={"Cookie": f"edgedet={kept}"}).status_code == 401
    content = b"".join(file.read_bytes() for file in (tmp_path / "state" / "web").iterdir())
    assert viewer.cookies["edgedet"].encode() not in content
    assert PASSWORDS["viewer"].encode() not in content


def test_files_are_for_their_owner_alone(viewer: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "web"
    assert folder.stat().st_mode & 0o077 == 0
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == dict.fromkeys(
        ("audit.jsonl", "users.db", "users.db-shm", "users.db-wal"), "0o600"
    )


def test_a_removed_user_is_logged_out(viewer: Browser, accounts: Accounts) -> None:
    accounts.users.remove("viewer")
    assert viewer.get("/api/cameras").status_code == 401


def test_another_password_logs_out(viewer: Browser, accounts: Accounts) -> None:
    accounts.users.set_password("viewer", "something else entirely")
    assert viewer.get("/api/cameras").status_code == 401


def test_the_only_user_needs_no_name(client: Browser, accounts: Accounts) -> None:
    accounts.users.add("grandma", PASSWORDS["admin"], "admin")
    assert client.post("/api/session", json={"password": PASSWORDS["admin"]}).json()["name"] == "grandma"
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    assert client.post("/api/session", json={"password": PASSWORDS["admin"]}).status_code == 401


def test_whether_a_name_is_known_can_not_be_told(client: Browser, accounts: Accounts) -> None:
    accounts.users.add("admin", PASSWORDS["admin"], "admin")
    answers, times = set(), {"admin": 9.0, "nobody": 9.0}
    for _ in range(5):
        for name in times:
            begun = time.perf_counter()
            accounts.users.verify(name, "wrong password")
            times[name] = min(times[name], time.perf_counter() - begun)
    for name in times:
        answer = client.post("/api/session", json={"name": name, "password": "wrong password"})
        answers.add((answer.status_code, answer.text))
    assert answers == {(401, '{"detail":"login: wrong name or password; try again"}')}
    assert 0.5 < times["admin"] / times["nobody"] < 2  # without a hash for nobody it is over 100


def test_many_logins_leave_no_heap_of_sessions(accounts: Accounts, tmp_path: Path) -> None:
    user = accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    made = [accounts.sessions.make(user) for _ in range(60)]
    assert accounts.sessions.find(made[0]) is None
    assert accounts.sessions.find(made[-1]) is not None
    with sqlite3.connect(tmp_path / "state" / "web" / "users.db") as db:
        assert db.execute("SELECT count(*) FROM sessions").fetchone()[0] == 50
