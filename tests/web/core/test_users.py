from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from edgedet.config.web import WebConfig
from edgedet.errors import ConfigError, OutputError
from edgedet.web.accounts import Accounts
from edgedet.web.app import make_app
from edgedet.web.database import Database
from edgedet.web.desk import Desk
from tests.web.driving import PASSWORDS, Browser


def test_an_admin_makes_and_removes_users(admin: Browser, client: Browser) -> None:
    new = {"name": "kid", "password": "let me see the cat"}
    assert admin.post("/api/users", json=new).json() == {"name": "kid", "role": "viewer"}
    assert admin.post("/api/users", json=new).status_code == 422
    client.log_in("kid", "let me see the cat")
    assert admin.delete("/api/users/kid").status_code == 204
    assert client.get("/api/session").json()["name"] is None
    assert admin.delete("/api/users/kid").json() == {"detail": "kid: no such user; see edgedet web user list"}


def test_nobody_locks_everybody_out(admin: Browser, accounts: Accounts) -> None:
    assert admin.delete("/api/users/admin").status_code == 422
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    with pytest.raises(ConfigError, match="admin: the last admin; make another one first"):
        accounts.users.remove("admin")


def test_everybody_changes_the_own_password(viewer: Browser, client: Browser) -> None:
    change = {"old": PASSWORDS["viewer"], "new": "a new one, just as long"}
    assert viewer.post("/api/password", json=change | {"old": "wrong"}).status_code == 403
    assert viewer.post("/api/password", json=change).status_code == 204
    assert viewer.get("/api/session").json()["name"] is None
    client.log_in("viewer", "a new one, just as long")


def test_guessing_the_old_password_is_slow_too(viewer: Browser) -> None:
    change = {"old": "wrong", "new": "a new one, just as long"}
    answers = [viewer.post("/api/password", json=change).status_code for _ in range(8)]
    assert answers[0] == 403
    assert answers[-1] == 429


def test_a_machine_gets_in_with_its_token_until_it_is_revoked(admin: Browser, client: Browser, tmp_path: Path) -> None:
    made = admin.post("/api/machines", json={"name": "prometheus"}).json()
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert made["role"] == "viewer"
    assert made["token"].startswith("edgedet_")
    assert client.get("/metrics", headers=bearer).status_code == 200
    assert client.get("/api/session", headers=bearer).json()["name"] == "prometheus"
    assert client.get("/api/users", headers=bearer).status_code == 403
    [listed] = admin.get("/api/machines").json()["machines"]
    assert listed["used"] is not None
    assert "token" not in listed
    content = b"".join(file.read_bytes() for file in (tmp_path / "state" / "web").iterdir())
    assert made["token"].encode() not in content
    assert admin.delete("/api/machines/prometheus").status_code == 204
    assert client.get("/metrics", headers=bearer).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Basic YTph", "Bearer " + "x" * 9000])
def test_other_authorization_opens_nothing(client: Browser, header: str) -> None:
    assert client.get("/api/users", headers={"Authorization": header}).status_code == 401


def test_figures_may_be_open(desk: Desk, accounts: Accounts, viewer: Browser, client: Browser) -> None:
    assert client.get("/metrics").status_code == 401
    assert "edgedet" in viewer.get("/metrics").text
    with Browser(make_app(desk, accounts, WebConfig(metrics="open"))) as anybody:
        assert "edgedet" in anybody.get("/metrics").text
        assert anybody.get("/api/health").status_code == 401


def test_changes_are_noted(admin: Browser, client: Browser, tmp_path: Path) -> None:
    client.post("/api/session", json={"name": "admin", "password": "wrong"})
    admin.post("/api/machines", json={"name": "ha", "role": "admin"})
    admin.delete("/api/machines/nothing")
    file = tmp_path / "state" / "web" / "audit.jsonl"
    noted = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(each["who"], each["action"], each["ok"]) for each in noted] == [
        ("admin", "login", True),
        ("admin", "login", False),
        ("admin", "POST /api/machines", True),
        ("admin", "DELETE /api/machines/nothing", False),
    ]
    assert all(each["address"] == "testclient" and each["time"].endswith("+00:00") for each in noted)
    assert PASSWORDS["admin"] not in file.read_text()


def test_the_log_is_rotated_and_private(accounts: Accounts, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "web"
    for _ in range(7):
        (folder / "audit.jsonl").write_bytes(b"x" * (1 << 20))
        accounts.audit.note("admin", "192.0.2.1", "login")
    kept = sorted(file.name for file in folder.glob("audit.jsonl*"))
    assert kept == ["audit.jsonl", *(f"audit.jsonl.{n}" for n in range(1, 6))]
    assert (folder / "audit.jsonl").stat().st_mode & 0o777 == 0o600
    assert len((folder / "audit.jsonl").read_text().splitlines()) == 1


def test_a_full_disk_stops_nobody(accounts: Accounts, client: Browser, caplog: pytest.LogCaptureFixture) -> None:
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    accounts.audit.path = Path("/dev/full/audit.jsonl")
    client.log_in("viewer", PASSWORDS["viewer"])
    client.log_in("viewer", PASSWORDS["viewer"])
    assert sum("logins and changes aren't noted" in line for line in caplog.messages) == 1


def test_another_process_sees_changes_at_once(accounts: Accounts, tmp_path: Path) -> None:
    db = Database(tmp_path / "state" / "web" / "users.db")
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    assert db.read("SELECT name FROM users") == [("viewer",)]
    db.write("DELETE FROM users")
    assert accounts.users.list() == []
    db.close()


def test_a_damaged_file_is_told_of_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "users.db"
    file.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(OutputError, match=r"users.db: no list of users; move it away"):
        Database(file)
    with pytest.raises(OutputError, match="can't be written"):
        Database(Path("/proc/nothing/web/users.db"))


def test_a_file_that_becomes_unreadable_answers_so(viewer: Browser, accounts: Accounts) -> None:
    accounts.close()
    answer = viewer.get("/api/cameras")
    assert answer.status_code == 503
    assert "log" in answer.json()["detail"]


def test_hashes_are_argon2id(accounts: Accounts, tmp_path: Path) -> None:
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    with sqlite3.connect(tmp_path / "state" / "web" / "users.db") as db:
        assert db.execute("SELECT hash FROM users").fetchone()[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
