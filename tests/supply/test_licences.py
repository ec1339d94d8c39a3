"""Nothing is installed under a licence that nobody looked at."""

from __future__ import annotations

import pytest

from tests.places import ROOT
from tests.supply.scripts import load, script

licences = load("licences")


def test_what_is_locked_may_be_installed() -> None:
    done = script("licences.py", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("MIT", True),
        ("EPL-2.0 OR BSD-3-Clause", True),
        ("Apache-2.0 AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("(MIT)", False),
        ("", False),
    ],
)
def test_which_may(expression: str, may: bool) -> None:
    assert licences.allowed(expression) is may


def test_one_that_is_not_allowed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(licences.RULES, "allowed", [each for each in licences.RULES["allowed"] if each != "MIT"])
    assert any(line.startswith("pydantic: MIT: not allowed; look at it") for line in licences.problems())


def test_one_that_is_not_known_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "everything", lambda: {"a-package-that-is-not-here": ()})
    assert list(licences.problems()) == [
        "a-package-that-is-not-here: not installed here: not allowed; look at it, then name it in licences.toml"
    ]


def test_gpl_inside_a_wheel_needs_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        licences, "libraries", lambda name: ["libx264", "libgfortran", "libnew"] if name == "av" else []
    )
    monkeypatch.setitem(licences.RULES, "gpl", {})
    said = list(licences.problems())
    assert [line.partition(";")[0] for line in said] == [
        "av: libx264: GPL-2.0-or-later",
        "av: libnew: licence not known",
    ]


def test_the_report_names_the_libraries_that_concern_who_passes_it_on() -> None:
    text = (ROOT / "deploy/security/licences.md").read_text()
    assert "| av | libx264 | GPL-2.0-or-later |" in text
    assert "starter-320-int8.tflite" in text
