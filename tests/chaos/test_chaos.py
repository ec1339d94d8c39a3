"""The register of fault cases is whole, and one of each kind keeps its promise; all of them: tests/chaos/run.sh."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.chaos.__main__ import run_one
from tests.chaos.bed import Bed
from tests.chaos.case import Case, case, cases
from tests.chaos.matrix import Outcome, counted, page
from tests.places import ROOT


def test_every_case_says_what_is_promised() -> None:
    found = cases()
    assert len(found) >= 40
    for each in found.values():
        assert min(len(each.fault), len(each.promise)) > 10, each.name
        assert each.name == each.name.lower().replace(" ", "-")
        assert each.within <= 180
    for room in ("source: ", "sink: ", "viewers: "):
        assert any(each.area.startswith(room) for each in found.values()), room


def test_two_cases_cant_have_one_name() -> None:
    register = case("rtsp-rst", area="a", fault="b", promise="c")
    cases()
    with pytest.raises(ValueError, match="two cases"):
        register(lambda bed: "")


@pytest.mark.parametrize("name", ["outbox-bound", pytest.param("mjpeg-rst", marks=pytest.mark.slow)])
def test_a_promise_is_kept(name: str) -> None:
    outcome = run_one(cases()[name], 7)
    assert outcome.verdict in ("kept", "not run"), outcome.seen


def _sleeps(bed: Bed) -> str:
    return "never called: it is run by its name"


def test_who_is_stuck_has_broken_its_promise() -> None:
    late = cases()["mqtt-frozen"]
    outcome = run_one(Case(late.name, late.area, late.fault, late.promise, _sleeps, within=1.0), 7)
    assert outcome.verdict == "broken"
    assert "still not done after 1 s" in outcome.seen


def test_the_page_counts_and_hides_nothing() -> None:
    first, second = list(cases().values())[:2]
    outcomes = [Outcome(first, "kept", "a | b", 1.2), Outcome(second, "broken", "no frames", 60.0)]
    text = page(outcomes, 7)
    assert counted(outcomes) == "1 of 2 promises kept, 1 broken, 0 not run"
    assert counted(outcomes) in text
    assert "**broken**: no frames" in text
    assert "| a / b | 1 |" in text


def test_the_matrix_is_written_of_all_cases_only() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--write", "--only", "rtsp"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert "leave --only out" in done.stderr
