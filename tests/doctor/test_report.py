"""The findings as text and as JSON."""

from __future__ import annotations

import json

import pytest

from edgedet.doctor import Finding, Severity
from edgedet.doctor.report import as_json, as_text, exit_code, summary

FINE = Finding(Severity.OK, "64-bit", check="machine")
HOT = Finding(Severity.WARNING, "83 C", "a fan", "temperature")
GONE = Finding(Severity.ERROR, "front: no such camera", "plug it in", "camera")
ASIDE = Finding(Severity.NOTE, "none is set", check="mqtt")


@pytest.mark.parametrize(("findings", "code"), [([], 0), ([FINE, ASIDE], 0), ([FINE, HOT], 1), ([HOT, GONE, FINE], 2)])
def test_the_exit_code_is_that_of_the_worst(findings: list[Finding], code: int) -> None:
    assert exit_code(findings) == code


def test_text_is_grouped_and_the_fix_stands_below() -> None:
    lines = as_text([FINE, HOT, GONE, ASIDE]).splitlines()

    assert lines[0] == "System"
    hot = next(line for line in lines if "83 C" in line)
    fix = lines[lines.index(hot) + 1]
    assert hot.startswith("  warning  Temperature")
    assert fix.strip() == "-> a fan"
    assert fix.index("->") == hot.index("83 C"), "it is aligned with the text"
    assert lines[-1] == "1 error, 1 warning, 1 note, 1 ok"


def test_long_lines_are_folded_and_no_command_is_torn_apart() -> None:
    command = "/opt/edgedet/versions/0.1.0/bin/python -m pip install --force-reinstall opencv-python-headless"
    text = as_text([Finding(Severity.ERROR, "word " * 40, command, "opencv")], width=80)

    assert max(map(len, text.splitlines())) <= 80
    assert "--force-reinstall" in text
    assert "opencv-python-headless" in text


def test_colour_only_where_it_is_wanted() -> None:
    assert "\x1b[31merror" in as_text([GONE], colour=True)
    assert "\x1b" not in as_text([GONE])


def test_json_has_the_documented_keys() -> None:
    told = json.loads(as_json([FINE, GONE], "0.1.0"))

    assert {name: told[name] for name in ("format", "version", "worst")} == {
        "format": 1,
        "version": "0.1.0",
        "worst": "error",
    }
    assert told["counts"] == {"ok": 1, "note": 0, "warning": 0, "error": 1}
    assert told["findings"][1] == {
        "check": "camera",
        "group": "Camera",
        "title": "Camera",
        "severity": "error",
        "text": "front: no such camera",
        "fix": "plug it in",
    }


def test_one_and_many() -> None:
    assert summary([HOT, HOT, FINE]) == "2 warnings, 1 ok"
