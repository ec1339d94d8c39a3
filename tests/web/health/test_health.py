from __future__ import annotations

import time
from pathlib import Path

from edgedet.events.store import Store
from edgedet.web import history
from tests.web.driving import Browser, SmallControl


def test_everybody_sees_that_it_lives(client: Browser) -> None:
    assert client.get("/api/health/live").json() == {"ok": True}
    assert client.head("/api/health/live").status_code == 200
    for path in ("", "/history", "/log", "/bundle.zip"):
        assert client.get(f"/api/health{path}").status_code == 401, path


def test_figures_and_the_disk(viewer: Browser, control: SmallControl) -> None:
    assert control.storage is not None
    Store(control.storage).open()
    seen = viewer.get("/api/health").json()
    report = control.report()
    assert {name: seen[name] for name in ("uptime_s", "fps", "latency_ms", "temperature_c", "throttled")} == {
        name: report[name] for name in ("uptime_s", "fps", "latency_ms", "temperature_c", "throttled")
    }
    assert seen["disk"]["path"] == str(control.storage)
    assert 0 < seen["disk"]["free"] <= seen["disk"]["total"]
    assert (seen["writes"]["today"], seen["writes"]["budget"], seen["writes"]["level"]) == (0, 0, "all")


def test_a_disk_that_vanished_is_told_among_the_figures(viewer: Browser, control: SmallControl, tmp_path: Path) -> None:
    assert control.storage is not None
    viewer.get("/api/health")
    figures = viewer.app.state.disk_figures  # type: ignore[attr-defined]
    control.storage.rename(tmp_path / "gone")
    assert viewer.get("/api/health").json()["disk"]["problem"] == "", "held for some seconds"
    figures._held.at = -1000
    seen = viewer.get("/api/health").json()
    assert "mount the disk" in seen["disk"]["problem"]
    assert (seen["disk"]["free"], seen["writes"]) == (None, None)
    control.storage.mkdir()  # the mount point alone
    figures._held.at = -1000
    assert "no events are kept here" in viewer.get("/api/health").json()["writes"]["problem"]


def test_what_a_report_has_beyond_is_passed_on(viewer: Browser, control: SmallControl) -> None:
    control.report = lambda: SmallControl.report(control) | {"services": {"mqtt": {"connected": True}}}  # type: ignore[method-assign]
    viewer.app.state.history.look()  # type: ignore[attr-defined]
    assert viewer.get("/api/health").json()["services"] == {"mqtt": {"connected": True}}


def test_the_last_minutes_are_remembered(app, accounts, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from tests.web.driving import PASSWORDS

    monkeypatch.setattr(history, "EVERY_S", 0.02)
    accounts.users.add("viewer", PASSWORDS["viewer"], "viewer")
    with Browser(app) as browser:
        browser.log_in("viewer", PASSWORDS["viewer"])
        deadline = time.monotonic() + 10
        while len((seen := browser.get("/api/health/history").json())["times"]) < 5 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert len(seen["times"]) >= 5
    assert seen["times"] == sorted(seen["times"])
    assert {len(values) for values in seen["figures"].values()} == {len(seen["times"])}
    assert seen["figures"]["detect_fps"][0] == 24.5
    assert seen["figures"]["invoke_ms"][0] == 5.0
    assert app.state.history._task.done(), "nothing goes on after the end"


def test_only_so_much_is_remembered(control: SmallControl) -> None:
    remembered = history.History(control)  # type: ignore[arg-type]
    for _ in range(history.MOST + 20):
        remembered.look()
    assert len(remembered.moments()) == history.MOST


def test_figures_that_fail_once_come_again(viewer: Browser, control: SmallControl) -> None:
    steps = SmallControl.report(control)["latency_ms"]
    control.report = lambda: SmallControl.report(control) | {"latency_ms": dict.fromkeys(steps)}  # type: ignore[method-assign]
    viewer.app.state.history.look()  # type: ignore[attr-defined]
    assert viewer.get("/api/health").json()["latency_ms"]["invoke"] is None
    assert viewer.get("/api/health/history").json()["figures"]["invoke_ms"][-1] is None
