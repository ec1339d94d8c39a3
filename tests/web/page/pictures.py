"""Takes the pictures of the page that the documentation shows: ``python -m tests.web.page.pictures deploy/pictures``.

They show the demo's photographs, which are in the public domain, and nothing else.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.web.page.conftest import ARGUMENTS, CHROMIUM, DESK, Tab, set_up
from tests.web.page.whole import SETTINGS, whole

QUALITY = 82
MOST_BYTES = 150_000
EVENTS = 12

TWO = (
    SETTINGS.replace("width = 640\nheight = 360\nfps = 8", "fps = 6").partition("[privacy]")[0]
    + """\
[lines.door]
points = [[0.3, 0.95], [0.75, 0.7]]
direction = "left"

[[camera]]
name = "front"

[[camera]]
name = "garden"
"""
)


def take(tab: Tab, folder: Path) -> None:
    """All of them."""
    page = tab.log_in()
    for number in range(2):
        page.wait_for_selector(f"article[data-look=good] >> nth={number}")
    page.set_viewport_size({"width": 1280, "height": 590})
    time.sleep(5)
    _save(page, folder / "live.jpg")
    page.set_viewport_size(DESK["viewport"])
    tab.go("events")
    page.wait_for_selector("a.event img")
    time.sleep(6)
    _save(page, folder / "events.jpg")
    tab.go("zones")
    page.wait_for_selector("svg.editor .zone")
    page.click(".shape-title >> nth=0")
    time.sleep(3)
    _save(page, folder / "zones.jpg")
    tab.go("health")
    page.click("#theme")
    page.wait_for_selector(".chart")
    time.sleep(3)
    _save(page, folder / "health.jpg")
    tab.check()


def _save(page: Any, path: Path) -> None:
    page.screenshot(path=path, type="jpeg", quality=QUALITY)
    assert path.stat().st_size < MOST_BYTES, f"{path}: {path.stat().st_size} bytes"


def main() -> None:
    """Run the program for a while and take them."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as place, whole(Path(place), TWO) as running, sync_playwright() as started:
        set_up(running)
        running.wait_for(rf"(?s)(a clip of.*){{{EVENTS}}}", 180)
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        take(Tab(browser, running.address), folder)
        browser.close()


if __name__ == "__main__":
    main()
