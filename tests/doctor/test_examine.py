"""How checks are run: side by side, each for its time only, and whatever one of them does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from edgedet.doctor import Check, Context, Finding, Severity, examine
from edgedet.doctor.command import LATE, MISSING, run_command
from edgedet.doctor.finding import error, ok
from tests.doctor.rig import Rig

engine = sys.modules["edgedet.doctor.examine"]
"""The module: the front door has a function of that name."""


def _use(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> None:
    monkeypatch.setattr(engine, "CHECKS", checks)


def _check(name: str, run: Callable[[Context], Finding | Iterable[Finding]], seconds: float = 5.0) -> Check:
    return Check(name, "Group", name.title(), run, seconds)


def test_a_check_that_fails_itself_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Context) -> Finding:
        raise ZeroDivisionError("by nought")

    _use(monkeypatch, _check("broken", broken), _check("fine", lambda _: ok("fine")))
    found = examine(Rig(tmp_path).context())

    assert [each.check for each in found] == ["broken", "fine"]
    assert found[0].severity is Severity.WARNING
    assert "the check itself failed: ZeroDivisionError: by nought" in found[0].text


def test_checks_that_hang_are_given_up_and_the_others_still_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(_: Context) -> Finding:
        time.sleep(30)
        return ok("woke up")

    hanging = [_check(f"hangs{n}", hang, 0.3) for n in range(engine.WORKERS + 2)]
    _use(monkeypatch, *hanging, _check("fine", lambda _: ok("fine")))
    start = time.monotonic()
    found = examine(Rig(tmp_path).context())

    assert time.monotonic() - start < 5
    assert all("no answer within 0.3 s" in each.text for each in found[:-1])
    assert found[-1].text == "fine"


def test_they_wait_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(_: Context) -> Finding:
        time.sleep(0.3)
        return ok("waited")

    _use(monkeypatch, *(_check(f"waits{n}", wait) for n in range(engine.WORKERS)))
    start = time.monotonic()
    examine(Rig(tmp_path).context())
    assert time.monotonic() - start < 0.3 * 3


def test_what_measures_runs_when_the_others_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = []

    def slow(_: Context) -> Finding:
        time.sleep(0.2)
        order.append("slow")
        return ok("")

    def measure(_: Context) -> Finding:
        order.append("measure")
        return ok("")

    _use(monkeypatch, Check("measure", "Group", "Measure", measure, alone=True), _check("slow", slow))
    found = examine(Rig(tmp_path).context())

    assert order == ["slow", "measure"]
    assert [each.check for each in found] == ["measure", "slow"], "they are shown in the table's order"


def test_passwords_in_addresses_are_never_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "rtsp://admin:hunter2@10.0.0.7/live\nrefused"
    _use(monkeypatch, _check("tells", lambda _: error(said, f"try {said}")))
    found = examine(Rig(tmp_path).context())[0]

    assert found.text == "rtsp://***@10.0.0.7/live refused"
    assert "hunter2" not in found.fix


def test_without_settings_what_needs_them_is_left_out_and_said(tmp_path: Path) -> None:
    found = {each.check: each for each in examine(Rig(tmp_path).context(settings=None))}

    assert "settings can't be read while NumPy" in found["camera"].text
    assert found["machine"].severity is Severity.OK
    assert not [each.text for each in found.values() if "the check itself failed" in each.text]


def test_a_bare_root_without_proc_and_sys_breaks_no_check(tmp_path: Path) -> None:
    found = examine(Rig(tmp_path).context())
    assert not [each.text for each in found if "the check itself failed" in each.text]


def test_a_command_that_hangs_is_killed_with_what_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    start = time.monotonic()
    ran = run_command(["sh", "-c", f"(sleep 1.5; touch {mark}) & wait"], 0.3)

    assert (ran.code, ran.end) == (LATE, "hangs: there was no answer in time")
    assert time.monotonic() - start < 1.2
    time.sleep(1.5)
    assert not mark.exists()


def test_a_command_that_crashes_says_how() -> None:
    assert run_command(["sh", "-c", "kill -SEGV $$"], 5).end == "crashed (SIGSEGV)"
    assert run_command(["no-such-program-here"], 5).code == MISSING
