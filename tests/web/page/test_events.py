"""What happened: found, played, kept and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.page.conftest import Tab
from tests.web.page.test_live import PAINTED, wait_for

pytestmark = pytest.mark.slow

BLACK_OR_WRONG = "video => video.error !== null || video.videoWidth === 0"


def first_with_clip(page: Any) -> None:
    """Open an event that is over."""
    page.wait_for_selector("a.event img")
    page.click("a.event:has(img):not(:has-text('going on')) >> nth=-1")


def test_a_clip_plays_with_its_track_drawn(tab: Tab) -> None:
    page = tab.log_in("events")
    first_with_clip(page)
    video = page.locator("video")
    video.evaluate("video => video.play()")
    wait_for(lambda: video.evaluate("video => video.currentTime") > 0.5)
    assert not video.evaluate(BLACK_OR_WRONG)
    video.evaluate("video => video.pause()")
    event = page.evaluate("fetch(`api/events/${location.hash.slice(9).split('?')[0]}`).then(a => a.json())")
    rows, begin = event["track"], event["media"]["clip"]["begin"]
    middle = rows[len(rows) // 2][0] - begin
    video.evaluate("(video, at) => { video.currentTime = at; }", middle)
    canvas = page.locator("canvas.overlay")
    wait_for(lambda: canvas.evaluate(PAINTED) > 0)
    video.evaluate("video => { video.currentTime = 0; }")
    if rows[0][0] - begin > 0.5:
        wait_for(lambda: canvas.evaluate(PAINTED) == 0)
    page.get_by_label("Draw the track").uncheck()
    assert canvas.is_hidden()


def test_why_it_was_one(tab: Tab) -> None:
    page = tab.log_in("events")
    first_with_clip(page)
    page.click("text=Why did this trigger?")
    page.wait_for_selector(".reasons li.yes:has-text('threshold')")


def test_filters_are_in_the_address(tab: Tab) -> None:
    page = tab.log_in("events")
    page.wait_for_selector("a.event")
    page.select_option("label:has-text('Object') select", "cat")
    wait_for(lambda: "label=cat" in page.url)
    page.wait_for_selector("a.event")
    assert set(page.locator("a.event .what b").all_inner_texts()) == {"cat"}
    page.select_option("label:has-text('Kept') select", "true")
    page.wait_for_selector("text=Nothing happened, or nothing that fits.")
    page.go_back()
    page.wait_for_selector("a.event")
    page.click("[aria-label='Day before']")
    page.wait_for_selector("text=Nothing happened")
    assert page.locator("a.event").count() == 0


def test_keeping_and_deleting(tab: Tab) -> None:
    tab.expected = "404"
    page = tab.log_in("events")
    first_with_clip(page)
    address = page.url
    page.click(".actions >> text=Keep")
    page.wait_for_selector("[aria-pressed=true]:has-text('Kept')")
    page.click("text=Events >> nth=-1")
    page.wait_for_selector("a.event[data-kept=true]")
    page.goto(address)
    with page.expect_download() as download:
        page.click(".actions >> text=Clip")
    assert download.value.path().read_bytes()[4:8] == b"ftyp"
    page.click(".actions >> text=Delete")
    page.click("dialog >> text=Cancel")
    page.click(".actions >> text=Delete")
    page.click("dialog >> text=Delete >> nth=-1")
    page.wait_for_selector("ol.events")
    page.goto(address)
    page.wait_for_selector("#alerts >> text=no such event")


def test_news_is_offered_not_forced(tab: Tab) -> None:
    page = tab.log_in("events")
    page.wait_for_selector("a.event")
    page.wait_for_selector("text=New events", timeout=30_000)
    before = page.locator("a.event").count()
    page.click("text=New events")
    page.wait_for_selector("text=New events", state="hidden")
    wait_for(lambda: page.locator("a.event").count() >= before)
