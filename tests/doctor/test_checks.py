"""Every check, on machines where it must fail and where it must pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from edgedet.doctor import CHECKS, examine
from tests.doctor import cases_around, cases_board, cases_camera, cases_system
from tests.doctor.case import OK, Case
from tests.doctor.rig import Rig

CASES: list[Case] = [*cases_system.CASES, *cases_camera.CASES, *cases_board.CASES, *cases_around.CASES]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def _parameter(case: Case) -> ParameterSet:
    marks = [pytest.mark.slow] if case.slow else []
    return pytest.param(case, id=f"{case.check}-{case.what.replace(' ', '_')}", marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_a_check_finds_what_is_there(case: Case, rig: Rig) -> None:
    found = examine(case.machine(rig), [case.check])

    worst = max(found, key=lambda each: each.severity.rank).severity
    said = "; ".join(f"{each.text} -> {each.fix}" for each in found if each.severity is worst)
    assert worst is case.severity, [(each.severity.value, each.text) for each in found]
    assert "the check itself failed" not in said, said
    for word in case.words:
        assert word in said, said
    assert "hunter2" not in said
    if case.bad:
        assert all(each.fix for each in found if each.severity is worst), said


def test_every_check_fails_somewhere_and_passes_somewhere(capsys: pytest.CaptureFixture[str]) -> None:
    for check in CHECKS:
        mine = [case for case in CASES if case.check == check.name]
        bad, good = [case.what for case in mine if case.bad], [case.what for case in mine if case.severity is OK]
        print(f"{check.name:<12} fails: {', '.join(bad)}; passes: {', '.join(good)}")
        assert bad, f"{check.name} is never shown to fail"
        assert good, f"{check.name} is never shown to pass"
    assert {case.check for case in CASES} == {check.name for check in CHECKS}


def test_the_names_of_cases_and_checks_are_unique() -> None:
    names = [(case.check, case.what) for case in CASES]
    assert len(names) == len(set(names))
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.run.__doc__ for check in CHECKS)
