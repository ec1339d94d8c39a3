"""A browser without a screen, and the program it looks at."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.page.whole import Whole, whole

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "correct horse battery"
PHONE = {"viewport": {"width": 360, "height": 760}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Playwright's handle of Debian's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright")
    if shutil.which(CHROMIUM) is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The whole program, with an admin, and some events behind it."""
    with whole(tmp_path_factory.mktemp("whole")) as running:
        set_up(running)
        running.wait_for(r"a clip of", 60)
        yield running


def set_up(running: Whole) -> None:
    """Make the admin, as somebody without a browser would."""
    import httpx

    token = running.wait_for(r"set-up token (\S+)")[1]
    body = {"token": token, "name": "admin", "password": PASSWORD}
    answer = httpx.post(f"{running.address}api/setup", json=body, headers={"Origin": running.address.rstrip("/")})
    assert answer.status_code == 200, answer.text


class Tab:
    """A page that is watched: whatever it complains of fails the test in the end.

    Attributes:
        page: Playwright's.
        complaints: errors of scripts, of the console and of the content security policy.
        expected: a pattern of those that the test brings about itself.
    """

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.address, self.complaints, self.expected = address, list[str](), ""
        self.context = browser.new_context(**(DESK | options))
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._hear)

    def go(self, view: str = "") -> Any:
        """Open the page, or one of its views."""
        self.page.goto(f"{self.address}{f'#/{view}' if view else ''}")
        return self.page

    def log_in(self, view: str = "") -> Any:
        """As the admin."""
        page = self.go(view)
        page.fill("#entry-name", "admin")
        page.fill("#entry-password", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_selector("#tabs:not([hidden]) a")
        return page

    def check(self) -> None:
        """Fail if it complained."""
        wrong = [each for each in self.complaints if not self.expected or not re.search(self.expected, each)]
        assert not wrong, wrong

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location.get('url', '')}")


@pytest.fixture
def tab(chromium: Any, program: Whole) -> Iterator[Tab]:
    """A tab of a wide screen."""
    yield from _tab(chromium, program, DESK)


@pytest.fixture
def phone(chromium: Any, program: Whole) -> Iterator[Tab]:
    """A tab of a phone, 360 pixels wide."""
    yield from _tab(chromium, program, PHONE)


def _tab(chromium: Any, program: Whole, options: dict[str, Any]) -> Iterator[Tab]:
    opened = Tab(chromium, program.address, **options)
    try:
        yield opened
        opened.check()
    finally:
        opened.context.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """For a program of the test's own."""
    return tmp_path
