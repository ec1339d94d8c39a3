from __future__ import annotations

import re

import pytest

from edgedet.web.app import STATIC
from edgedet.web.headers import CONTENT_SECURITY_POLICY
from tests.web.driving import Browser


@pytest.mark.parametrize("path", ["/", "/api/session", "/api/users", "/nothing", "/api/health/live"])
def test_every_answer_has_them(client: Browser, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers
    assert "server" not in headers


def test_a_refused_host_has_them_too(client: Browser) -> None:
    assert "content-security-policy" in client.get("/", headers={"Host": "evil.example"}).headers


def test_nothing_inline_is_allowed() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY


def test_the_page_has_nothing_inline() -> None:
    """Else browsers would refuse it."""
    for file in STATIC.rglob("*.html"):
        text = file.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text), file.name
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), file.name


def test_answers_of_the_interface_are_not_kept_by_browsers(viewer: Browser) -> None:
    assert viewer.get("/api/session").headers["cache-control"] == "no-store"
