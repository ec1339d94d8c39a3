"""How it goes: charts that live, the log, and the bundle."""

from __future__ import annotations

import zipfile

import pytest

from tests.web.page.conftest import Tab
from tests.web.page.test_live import wait_for

pytestmark = pytest.mark.slow


def test_charts_live(tab: Tab) -> None:
    page = tab.log_in("health")
    chart = page.locator(".chart:has-text('Detection')")
    line = chart.locator("polyline")
    wait_for(lambda: "FPS" in chart.inner_text())
    before = line.get_attribute("points")
    wait_for(lambda: line.get_attribute("points") != before)
    wait_for(lambda: page.locator("table tbody tr").count() >= 4)
    assert "free of" in page.inner_text(".meter:has-text('Disk')")


def test_log_and_bundle(tab: Tab) -> None:
    page = tab.log_in("health")
    wait_for(lambda: len(page.inner_text(".log").splitlines()) > 1, 30)
    with page.expect_download() as download:
        page.click("text=Support bundle")
    assert zipfile.ZipFile(download.value.path()).testzip() is None
