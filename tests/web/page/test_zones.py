"""Zones and lines: drawn by mouse, finger and keys, tried, and saved."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.page.conftest import Tab
from tests.web.page.test_live import wait_for
from tests.web.page.whole import Whole

pytestmark = pytest.mark.slow


def editor(page: Any) -> Any:
    """The drawing, with the picture behind it."""
    page.wait_for_selector("svg.editor .zone")
    return page.locator("svg.editor")


def click_at(page: Any, *points: tuple[float, float]) -> None:
    box = page.locator("svg.editor").bounding_box()
    for x, y in points:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])


def save(page: Any) -> str:
    """Save; the diff that was shown."""
    page.click("text=Save")
    diff: str = page.inner_text("dialog .diff")
    page.click("dialog .primary")
    page.wait_for_selector("#notes >> text=Saved and in force")
    return diff


def test_a_zone_is_drawn_and_saved_and_the_notes_stay(tab: Tab, program: Whole) -> None:
    before = program.settings.read_text()
    page = tab.log_in("zones")
    editor(page)
    page.click("text=Zone >> nth=-1")
    click_at(page, (0.2, 0.5), (0.6, 0.5), (0.6, 0.9), (0.2, 0.9), (0.2, 0.5))
    page.get_by_label("Name").fill("mat")
    page.get_by_label("Name").press("Tab")
    page.get_by_label("person", exact=True).check()
    diff = save(page)
    assert "+[zones.mat]" in diff
    after = program.settings.read_text()
    assert "[zones.mat]" in after
    for line in before.splitlines():
        assert line in after, line
    program.wait_for("zones.mat|settings:")
    page.reload()
    page.wait_for_selector("svg.editor text:has-text('mat')")
    assert _zone(page, "mat")["polygon"] == [[0.2, 0.5], [0.6, 0.5], [0.6, 0.9], [0.2, 0.9]]
    assert _drawing(page)["rules"]["person"]["zones"] == ["mat"]


def test_a_zone_by_keys_alone(tab: Tab) -> None:
    page = tab.log_in("zones")
    editor(page)
    page.get_by_role("button", name="Zone").press("Enter")
    for keys in (("Space",), ("Shift+ArrowRight", "Space"), ("Shift+ArrowDown", "Space")):
        for key in keys:
            page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=The zone is drawn")
    page.focus("[data-point='0']")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Insert")
    page.wait_for_selector("[data-point='3']")
    assert "49% across" in page.get_attribute("[data-point='0']", "aria-label")
    assert page.evaluate("document.activeElement.dataset.point") == "0"
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    page.wait_for_selector("text=A zone needs 3 points")
    for _ in range(4):
        page.click("[aria-label=Undo]")
    wait_for(lambda: page.locator(".shape-rows > li:has-text('zone1')").count() == 0)


def test_points_are_dragged_and_added(tab: Tab) -> None:
    page = tab.log_in("zones")
    editor(page)
    page.click(".shape-title:has-text('porch')")
    handle = page.locator("[data-point='1'] .knob")
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y + 30, steps=5)
    page.mouse.up()
    moved = handle.bounding_box()
    assert abs(moved["x"] - box["x"] + 60) < 3
    assert abs(moved["y"] - box["y"] - 30) < 3
    middle = page.locator("[data-middle='2'] .knob").bounding_box()
    page.mouse.move(middle["x"] + 3, middle["y"] + 3)
    page.mouse.down()
    page.mouse.move(middle["x"] + 20, middle["y"] - 40, steps=5)
    page.mouse.up()
    assert page.locator("[data-point]").count() == 5
    page.click("text=Save")
    assert "polygon" in page.inner_text("dialog .diff")
    page.click("dialog >> text=Cancel")


def test_a_line_by_finger_with_a_direction(phone: Tab) -> None:
    page = phone.log_in("zones")
    editor(page)
    page.get_by_role("button", name="Line").tap()
    box = page.locator("svg.editor").bounding_box()
    for x, y in ((0.3, 0.8), (0.7, 0.6)):
        page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.select_option("label:has-text('Crossings that count') select", "left")
    assert page.locator(".arrow").count() == 1
    page.get_by_label("Name").fill("no spaces here")
    page.get_by_label("Name").press("Tab")
    page.wait_for_selector(".problem:has-text('letters')", state="attached")
    page.get_by_label("Name").fill("gate")
    page.get_by_label("Name").press("Tab")
    assert "+[lines.gate]" in save(page)
    page.click(".actions >> text=Remove")
    assert "-[lines.gate]" in save(page)


def test_what_would_have_been_kept(tab: Tab) -> None:
    page = tab.log_in("zones")
    editor(page)
    page.click("text=Try on the last day")
    page.wait_for_selector("text=Over the last day", timeout=60_000)
    assert re.search(r"\d+ events as it is, \d+ with these zones", page.inner_text(".trial"))


def test_what_makes_no_sense_is_refused(tab: Tab) -> None:
    tab.expected = "422|400"
    page = tab.log_in("zones")
    editor(page)
    page.click("text=Zone >> nth=-1")
    click_at(page, (0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6), (0.2, 0.2))
    page.click("text=Save")
    page.wait_for_selector("#alerts >> text=crosses itself")


def _drawing(page: Any) -> Any:
    return page.evaluate("fetch('api/zones/camera').then(answer => answer.json())")


def _zone(page: Any, name: str) -> Any:
    return _drawing(page)["zones"][name]
