"""What a run of the cases came to, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.case import Case

PAGE = Path(__file__).with_name("MATRIX.md")
LONGEST = 400
"""Characters of a broken case's text on the page; all of it is in the run's own output."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one case came to.

    Attributes:
        case: which.
        verdict: ``kept``, ``broken`` or ``not run``.
        seen: what was seen, or why it wasn't run.
        seconds: how long it took.
    """

    case: Case
    verdict: str
    seen: str
    seconds: float


def counted(outcomes: Sequence[Outcome]) -> str:
    """``45 of 47 promises kept, 1 broken, 1 not run``."""
    kept, broken, missing = (sum(each.verdict == word for each in outcomes) for word in ("kept", "broken", "not run"))
    return f"{kept} of {len(outcomes)} promises kept, {broken} broken, {missing} not run"


def page(outcomes: Sequence[Outcome], seed: int) -> str:
    """The matrix in Markdown: a table for each area, cases in the order of their register."""
    areas: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        areas.setdefault(outcome.case.area, []).append(outcome)
    lines = [
        "# Faults on purpose",
        "",
        f"Written by `bash tests/chaos/run.sh`. {counted(outcomes)}. Seed {seed}; on a PC, not run on a Raspberry Pi.",
    ]
    for area, rows in areas.items():
        lines += [
            "",
            f"## {area[0].upper()}{area[1:]}",
            "",
            "| fault | promised | seen | s |",
            "| --- | --- | --- | --: |",
        ]
        lines += [_row(row) for row in rows]
    return "\n".join(lines) + "\n"


def write(outcomes: Sequence[Outcome], seed: int) -> None:
    """Put the page where it belongs, whole or not at all."""
    half = PAGE.with_suffix(".new")
    half.write_text(page(outcomes, seed), encoding="utf-8")
    half.replace(PAGE)


def _row(outcome: Outcome) -> str:
    case, seen = outcome.case, outcome.seen
    if outcome.verdict != "kept":
        seen = f"**{outcome.verdict}**: {seen[:LONGEST]}"
    cells = (f"{case.fault} (`{case.name}`)", case.promise, seen)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} | {outcome.seconds:.0f} |"
