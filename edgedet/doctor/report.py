"""The findings for people and for programs."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any

from edgedet.doctor.checks import CHECKS
from edgedet.doctor.finding import Finding, Severity

FORMAT = 1
"""Of the JSON; it grows when a key goes or changes its meaning. New keys may come at any time."""

_COLOURS = {Severity.OK: 32, Severity.NOTE: 2, Severity.WARNING: 33, Severity.ERROR: 31}
_TITLES = {check.name: check for check in CHECKS}


def worst(findings: Sequence[Finding]) -> Severity:
    """The worst severity; of nothing: ok."""
    return max((found.severity for found in findings), key=lambda each: each.rank, default=Severity.OK)


def exit_code(findings: Sequence[Finding]) -> int:
    """0: nothing is wrong, 1: warnings only, 2: something doesn't work."""
    return {Severity.WARNING: 1, Severity.ERROR: 2}.get(worst(findings), 0)


def as_json(findings: Sequence[Finding], version: str) -> str:
    """One object::

        {
          "format": 1,
          "version": "0.1.0",                edgedet's
          "worst": "warning",                ok, note, warning or error
          "counts": {"ok": 20, "note": 6, "warning": 1, "error": 0},
          "findings": [
            {"check": "power", "group": "Board", "title": "Power supply", "severity": "warning",
             "text": "undervoltage since boot", "fix": "use the board's own supply and a short cable"}
          ]
        }

    ``check`` is the name that ``--only`` takes; a check may have several findings. ``fix`` is empty where there is
    nothing to do.
    """
    return json.dumps(
        {
            "format": FORMAT,
            "version": version,
            "worst": worst(findings).value,
            "counts": _counts(findings),
            "findings": [_entry(found) for found in findings],
        },
        indent=1,
        ensure_ascii=False,
    )


def as_text(findings: Sequence[Finding], colour: bool = False, width: int = 100) -> str:
    """A table in groups, the fix below what is wrong, and how many there are of each severity.

    Args:
        findings: in order.
        colour: paint the severities, with ANSI sequences.
        width: columns of the terminal.
    """
    wide = max((len(_TITLES[found.check].title) for found in findings), default=0)
    indent = " " * (2 + 9 + wide + 2)
    lines, group, title = list[str](), "", ""
    for found in findings:
        check = _TITLES[found.check]
        if check.group != group:
            lines += [*([""] if group else []), check.group]
            group = check.group
        shown = check.title if check.title != title else ""
        title = check.title
        head = f"  {_painted(found.severity, colour)}{shown:<{wide}}  "
        lines += _wrapped(found.text, head, indent, width)
        if found.fix:
            lines += _wrapped(f"-> {found.fix}", indent, indent + "   ", width)
    return "\n".join([*lines, "", summary(findings)])


def summary(findings: Sequence[Finding]) -> str:
    """``1 error, 2 warnings, 6 notes, 20 ok``."""
    counts = _counts(findings)
    named = {"error": "errors", "warning": "warnings", "note": "notes", "ok": "ok"}
    parts = [f"{counts[name]} {name if counts[name] == 1 else many}" for name, many in named.items() if counts[name]]
    return ", ".join(parts) or "nothing was looked at"


def _counts(findings: Sequence[Finding]) -> dict[str, int]:
    counted = Counter(found.severity.value for found in findings)
    return {severity.value: counted[severity.value] for severity in Severity}


def _entry(found: Finding) -> dict[str, Any]:
    check = _TITLES[found.check]
    return {
        "check": found.check,
        "group": check.group,
        "title": check.title,
        "severity": found.severity.value,
        "text": found.text,
        "fix": found.fix,
    }


def _painted(severity: Severity, colour: bool) -> str:
    text = f"{severity.value:<9}"
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m" if colour else text


def _wrapped(text: str, head: str, indent: str, width: int) -> list[str]:
    """Folded between words; a command is never broken at its hyphens."""
    folded = textwrap.wrap(
        text, max(width, 60) - len(indent), break_long_words=False, break_on_hyphens=False
    ) or [""]  # fmt: skip
    return [head + folded[0], *(indent + line for line in folded[1:])]
