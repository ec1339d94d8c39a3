"""Texts that were good for something elsewhere get nothing here."""

from __future__ import annotations

import httpx2

from edgedet.web.accounts import Accounts
from edgedet.web.app import STATIC
from tests.web.driving import Browser

PATHS = [
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/..%252f..%252f..%252fetc/passwd",
    "/..%c0%af..%c0%af..%c0%afetc/passwd",
    "/..%5c..%5c..%5cetc%5cpasswd",
    "/....//....//....//etc/passwd",
    "/..;/..;/etc/passwd",
    "//etc/passwd",
    "/%2fetc/passwd",
    "/static/../../users.db",
    "/../state/web/users.db",
    "/%2e%2e/state/web/users.db",
    "/../../edgedet.toml",
    "/../app.py",
    "/%2e%2e/app.py",
    "/..%2fapp.py",
    "/..%2f__init__.py",
    "/.git/config",
    "/.env",
    "/index.html%00.jpg",
    "/%00",
    "/api/../app.py",
    "/api/events/..%2f..%2f..%2fetc%2fpasswd",
    "/api/events/..%2f..%2f..%2fetc%2fpasswd/clip",
    "/api/events/%2e%2e/snapshot",
    "/api/events/20261121-104455.123-front-7f3a/..%2f..%2f..%2fetc%2fpasswd",
    "/api/events/' OR '1'='1",
    "/api/events?label=' UNION SELECT name, hash FROM users --",
    "/api/events?zone=x'; DROP TABLE events; --",
    "/api/events?before=../../../etc/passwd",
    "/api/events?since={{7*7}}&until=${7*7}",
    "/api/events?limit=99999999999999999999",
    "/api/events?camera=$(cat /etc/passwd)",
    "/api/events?camera=`id`;id|id",
    "/api/timeline/..%2f..%2fetc%2fpasswd",
    "/api/cameras/..%2f..%2fetc%2fpasswd/snapshot.jpg",
    "/api/cameras/<script>alert(1)</script>/snapshot.jpg",
    "/api/zones/..%2f..%2fedgedet.toml",
    "/api/health/log?lines=-1&file=/etc/passwd",
    "/api/health/log?lines=1%0d%0aSet-Cookie:%20x=1",
    "/<script>alert(1)</script>",
    "/%0d%0aSet-Cookie:%20edgedet=1",
    "/api/session/%2e%2e/users",
]
SECRETS = ("root:", "CREATE TABLE", "SQLite format", "[storage]", "def make_app", "argon2", "Traceback", "uid=")


def test_there_are_enough_of_them() -> None:
    assert len(set(PATHS)) >= 40


def test_they_get_nothing(admin: Browser, client: Browser) -> None:
    for path in PATHS:
        for browser in (client, admin):
            answer = browser.get(_raw(path))
            assert answer.status_code < 500, (path, answer.text)
            for secret in SECRETS:
                assert secret not in answer.text, path
            assert "set-cookie" not in answer.headers, path
            assert "<script>alert" not in answer.text or "json" in answer.headers["content-type"], path


def _raw(path: str) -> httpx2.URL:
    """An address that the client sends as it is, dots and all."""
    raw = path.encode("latin-1").replace(b" ", b"%20")
    return httpx2.URL("http://127.0.0.1:8080").copy_with(raw_path=raw)


def test_names_are_plain(admin: Browser, accounts: Accounts) -> None:
    for name in ("' OR 1=1 --", "admin'--", "../admin", "a\x00b", "", "a" * 65, "<b>", "a b", "ä", "-x", "$x"):
        answer = admin.post("/api/users", json={"name": name, "password": "long enough it is"})
        assert answer.status_code == 422, name
        assert [each.name for each in accounts.users.list()] == ["admin"]
        answer = admin.post("/api/session", json={"name": name, "password": "x"})
        assert answer.status_code in (401, 422, 429), name


def test_static_links_lead_nowhere() -> None:
    """The page's folder holds no link that could lead out of it."""
    assert [file for file in STATIC.rglob("*") if file.is_symlink()] == []
