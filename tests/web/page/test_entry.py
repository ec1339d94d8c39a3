"""The first visit, logging in and out, the account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.page.conftest import PASSWORD, Tab
from tests.web.page.whole import Whole, whole

pytestmark = pytest.mark.slow


def test_the_first_visit_sets_a_password(chromium: Any, folder: Path) -> None:
    with whole(folder) as running:
        token = running.wait_for(r"set-up token (\S+)")[1]
        tab = Tab(chromium, running.address)
        page = tab.go()
        page.wait_for_selector("text=Welcome")

        def fill(token: str, password: str, again: str) -> None:
            for name, value in (("token", token), ("name", "admin"), ("password", password), ("again", again)):
                page.fill(f"#entry-{name}", value)
            page.click("text=Set password")

        fill(token, PASSWORD, "another password")
        page.wait_for_selector(".problem:has-text('two passwords')")
        tab.expected = "401"
        fill("not the token", PASSWORD, PASSWORD)
        page.wait_for_selector(".problem:has-text('token')")
        fill(token, PASSWORD, PASSWORD)
        page.wait_for_selector("article.tile")
        tab.check()
        tab.context.close()


def test_logging_in_and_out(tab: Tab) -> None:
    tab.expected = "401"
    page = tab.go()
    page.fill("#entry-name", "admin")
    page.fill("#entry-password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".problem:has-text('wrong')")
    assert page.locator("#tabs").is_hidden()
    page.fill("#entry-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("article.tile")
    page.click("#me")
    page.click("text=Log out")
    page.wait_for_selector("form.entry")
    assert page.locator("#tabs").is_hidden()


def test_a_session_that_is_over_leads_to_the_door(tab: Tab) -> None:
    tab.expected = "401|WebSocket"
    page = tab.log_in("account")
    page.wait_for_selector("text=Tokens for machines")
    tab.context.clear_cookies()
    page.click("#tabs >> text=Events")
    page.wait_for_selector("form.entry")


def test_tokens_for_machines(tab: Tab, program: Whole) -> None:
    page = tab.log_in("account")
    page.fill("input[placeholder]", "heating")
    page.click("text=Make a token")
    token = page.inner_text("code.secret")
    url, headers = f"{program.address}api/cameras", {"Authorization": f"Bearer {token}"}
    assert httpx.get(url, headers=headers).status_code == 200
    page.click("li:has-text('heating') >> text=Withdraw")
    page.click("dialog >> text=Withdraw >> nth=-1")
    page.wait_for_selector("text=None yet")
    assert httpx.get(url, headers=headers).status_code == 401


def test_changing_the_password_ends_all_sessions(tab: Tab) -> None:
    tab.expected = "40[13]|WebSocket"
    page = tab.log_in("account")

    def change(old: str, new: str) -> None:
        page.fill("[autocomplete=current-password]", old)
        page.fill("[autocomplete=new-password]", new)
        page.click("text=Change password")

    change("wrong one", "another good password")
    page.wait_for_selector(".problem:has-text('wrong')")
    change(PASSWORD, "another good password")
    page.wait_for_selector("form.entry")
    page.fill("#entry-name", "admin")
    page.fill("#entry-password", "another good password")
    page.click("form button[type=submit]")
    page.wait_for_selector("#me:not([hidden])")
    page.click("#me")
    change("another good password", PASSWORD)
    page.wait_for_selector("form.entry")
