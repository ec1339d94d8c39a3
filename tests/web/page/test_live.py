"""The live picture, what is drawn over it, and what becomes of both when something breaks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.web.page.conftest import PASSWORD, Tab, set_up
from tests.web.page.whole import Whole, whole

pytestmark = pytest.mark.slow

NO_WEBRTC = "delete globalThis.RTCPeerConnection"
PAINTED = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let at = 3; at < pixels.length; at += 4) count += pixels[at] > 0;
    return count;
}"""
ORANGE_OR_BLUE = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    for (let at = 0; at < pixels.length; at += 4) {
        const [red, green, blue, alpha] = pixels.slice(at, at + 4);
        const near = (r, g, b) => Math.abs(red - r) + Math.abs(green - g) + Math.abs(blue - b) < 30;
        if (alpha > 250 && (near(230, 159, 0) || near(86, 180, 233))) return true;
    }
    return false;
}"""


def wait_for(happened: Any, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


def playing(page: Any) -> None:
    page.wait_for_selector("article[data-look=good]")


def moves(page: Any) -> bool:
    """Whether two looks at the picture differ."""
    stage = page.locator(".stage .picture").first
    first = stage.screenshot()
    time.sleep(1.2)
    return bool(first != stage.screenshot())


def test_it_moves_by_webrtc_and_boxes_are_drawn(tab: Tab) -> None:
    tab.expected = "Canvas2D"  # the test looks at what is painted
    page = tab.log_in()
    playing(page)
    assert page.locator(".stage video").count() == 1
    assert moves(page)
    canvas = page.locator("canvas.overlay")
    wait_for(lambda: canvas.evaluate(ORANGE_OR_BLUE))
    assert "FPS" in page.inner_text(".figures")
    assert "ms old" in page.inner_text(".figures")
    for name in ("Boxes", "Labels", "Zones"):
        page.get_by_label(name, exact=True).uncheck()
    wait_for(lambda: canvas.evaluate(PAINTED) == 0)
    page.get_by_label("Zones", exact=True).check()
    wait_for(lambda: canvas.evaluate(PAINTED) > 0)
    page.reload()  # what was chosen is kept
    playing(page)
    assert not page.get_by_label("Boxes", exact=True).is_checked()
    assert page.get_by_label("Zones", exact=True).is_checked()


def test_without_webrtc_it_is_motion_jpeg(tab: Tab) -> None:
    tab.context.add_init_script(NO_WEBRTC)
    page = tab.log_in()
    playing(page)
    assert "stream.mjpg?boxes=0" in page.get_attribute(".stage img", "src")
    assert moves(page)


def test_the_camera_may_draw_the_boxes(tab: Tab) -> None:
    page = tab.log_in()
    playing(page)
    page.get_by_label("Drawn by camera").check()
    page.wait_for_selector(".stage img[src*='boxes=1']")
    playing(page)
    page.get_by_label("Zones", exact=True).uncheck()
    wait_for(lambda: page.locator("canvas.overlay").evaluate(PAINTED) == 0)


def test_switches(tab: Tab, program: Whole) -> None:
    tab.expected = "409"
    page = tab.log_in()
    playing(page)
    page.get_by_label("Detection").uncheck()
    page.wait_for_selector("text=not detecting")
    assert not _switches(tab)["detection"]
    page.get_by_label("Detection").check()
    page.get_by_label("Privacy").click()
    page.click("dialog >> text=Nothing is filmed now")
    page.wait_for_selector("article[data-look=off]")
    assert _switches(tab)["privacy"]
    page.get_by_label("Privacy").click()
    page.wait_for_selector("article[data-look=good]", timeout=30_000)


def test_who_may_only_look_turns_nothing(tab: Tab, chromium: Any, program: Whole) -> None:
    tab.log_in()
    made = tab.page.evaluate("""async () => {
        const { csrf } = await (await fetch("api/session")).json();
        const body = JSON.stringify({ name: "guest", password: "only here to look", role: "viewer" });
        const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
        return (await fetch("api/users", { method: "POST", headers, body })).status;
    }""")
    assert made == 201
    guest = Tab(chromium, program.address)
    page = guest.go("live")
    page.fill("#entry-name", "guest")
    page.fill("#entry-password", "only here to look")
    page.click("form button[type=submit]")
    playing(page)
    assert all(page.locator(".switches input").nth(number).is_disabled() for number in range(3))
    page.click("#tabs >> text=Zones")
    page.wait_for_selector("text=Only an admin may change them")
    page.click("#tabs >> text=Health")
    page.wait_for_selector(".chart")
    assert page.locator("text=Support bundle").count() == 0
    guest.check()
    guest.context.close()


def test_snapshot_and_full_screen(tab: Tab) -> None:
    page = tab.log_in()
    playing(page)
    with page.expect_download() as download:
        page.click("[aria-label='Save a snapshot']")
    assert download.value.suggested_filename == "camera.jpg"
    assert download.value.path().read_bytes()[:2] == b"\xff\xd8"
    page.click("[aria-label='Full screen']")
    wait_for(lambda: page.evaluate("document.fullscreenElement !== null"))


def test_a_lost_connection_is_said_and_comes_back(chromium: Any, folder: Path) -> None:
    with whole(folder) as running:
        set_up(running)
        tab = Tab(chromium, running.address)
        tab.expected = "ERR_|WebSocket"
        page = tab.log_in()
        playing(page)
    page.wait_for_selector("#link:has-text('Not connected')")
    page.wait_for_selector("article[data-look=bad], article[data-look=wait]", timeout=30_000)
    with whole(folder):
        page.wait_for_selector("#link[data-state=open]", state="attached", timeout=40_000)
        page.wait_for_selector("article[data-look=good]", timeout=60_000)
        assert moves(page)
    tab.check()
    tab.context.close()


def test_a_second_visit_finds_the_session(tab: Tab) -> None:
    page = tab.log_in()
    playing(page)
    page.reload()
    playing(page)
    assert PASSWORD not in str(page.evaluate("JSON.stringify(localStorage)"))


def _switches(tab: Tab) -> Any:
    return tab.page.evaluate("fetch('api/cameras').then(answer => answer.json())")[0]["switches"]
