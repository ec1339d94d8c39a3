"""How it looks: themes, phones, and what those use who can't see it."""

from __future__ import annotations

from typing import Any

import pytest

from edgedet.drawing.palette import colour_of, ink_on
from tests.web.page.conftest import Tab
from tests.web.page.test_live import playing

pytestmark = pytest.mark.slow

VIEWS = ("live", "events", "zones", "health", "account")
SHIFTS = """new Promise(resolve => {
    let sum = 0;
    const add = list => list.getEntries().forEach(each => (sum += each.hadRecentInput ? 0 : each.value));
    const observer = new PerformanceObserver(add);
    observer.observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 500);
})"""


def test_dark_mode_is_kept(tab: Tab) -> None:
    page = tab.log_in("account")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    dark = page.evaluate(ground)
    assert dark != light
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    page.reload()
    assert page.evaluate(ground) == dark
    page.click("#theme")
    assert page.evaluate(ground) == light


def test_it_follows_the_system(tab: Tab) -> None:
    page = tab.go()
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("html[data-theme=dark]")
    page.emulate_media(color_scheme="light")
    page.wait_for_selector("html[data-theme=light]")


@pytest.mark.parametrize("view", VIEWS)
def test_on_a_phone_nothing_sticks_out(phone: Tab, view: str) -> None:
    page = phone.log_in(view)
    page.wait_for_selector(".view > *")
    page.wait_for_timeout(1500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    small = page.evaluate("""[...document.querySelectorAll("button, a, select, input")].filter(each => {
        const { width, height } = (each.closest("label") || each).getBoundingClientRect();
        return each.checkVisibility() && !each.closest(".unseen, .skip, svg") && width && (width < 24 || height < 24);
    }).map(each => each.outerHTML.slice(0, 90))""")
    assert not small
    assert page.evaluate(SHIFTS) < 0.1


@pytest.mark.parametrize("view", VIEWS)
def test_everything_has_a_name(tab: Tab, view: str) -> None:
    page = tab.log_in(view)
    page.wait_for_selector(".view > *")
    page.wait_for_timeout(1000)
    tree = tab.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nameless = [node["role"]["value"] for node in tree if _is_control(node) and not node.get("name", {}).get("value")]
    assert not nameless
    headings = [node for node in tree if node.get("role", {}).get("value") == "heading"]
    assert headings


def test_by_keys_alone(tab: Tab) -> None:
    page = tab.log_in()
    playing(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.skip') === null")
    page.focus("#tabs a >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_selector("ol.events")
    assert page.evaluate("document.activeElement.id") == "main"


def test_colours_are_those_of_the_drawn_pictures(tab: Tab) -> None:
    page = tab.go()
    for label in ("person", "cat", "dog", "teddy bear", "cup", "zebra", "Ähre"):
        blue, green, red = colour_of(label)
        colour = f"#{red:02x}{green:02x}{blue:02x}"
        found = page.evaluate("async label => (await import('./js/palette.js')).colourOf(label)", label)
        assert found == colour, label
        ink = page.evaluate("async colour => (await import('./js/palette.js')).inkOn(colour)", colour)
        assert ink == ("#000" if ink_on((blue, green, red)) == (0, 0, 0) else "#fff")


def _is_control(node: Any) -> bool:
    role = node.get("role", {}).get("value")
    return not node.get("ignored") and role in ("button", "link", "textbox", "combobox", "switch", "checkbox", "Date")
