"""The page of figures and its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.curve import curve
from tests.bench.scale.points import Curve
from tests.places import ROOT

PAGE = ROOT / "tests" / "bench" / "FIGURES-scale.md"
PICTURES = ROOT / "tests" / "bench" / "pictures"

HEAD = """# What more of it costs

Written by `python -m tests.bench.scale --write`, last on {date:%Y-%m-%d}, {machine}.

Each cost is fitted by `constant + slope * x ^ exponent`, neither negative, with the least relative squares over all
exponents in steps of 0.01. Worse than linear is an exponent above 1.15 where a straight line misses the points by more
than 5 %; a cost that grows by less than a fifth over the whole range is constant.

"""


def verdicts(curves: Sequence[Curve]) -> str:
    """A line for each curve: its exponent, and whether that will do."""
    lines = []
    for each in curves:
        fit = each.fit()
        verdict = "worse than linear" if fit.worse_than_linear else "kept"
        lines.append(
            f"{each.name:16} {each.cost:30} {fit.constant:10.3g} + {fit.slope:9.3g} x^{fit.exponent:.2f}"
            f"  (scatter {fit.error:4.0%}, of a line {fit.linear_error:4.0%})  {verdict}"
        )
    return "\n".join(lines)


def section(each: Curve) -> str:
    """A curve's part of the page."""
    fit = each.fit()
    columns = list(each.points[0].also)
    rows = [
        f"| {' | '.join((f'{point.x:g}', f'{point.cost:.4g}', *(point.also[column] for column in columns)))} |"
        for point in each.points
    ]
    grows = f"grows with exponent {fit.exponent:.2f}" if fit.exponent else "doesn't grow"
    return "\n".join(
        [
            f"## {each.name}",
            "",
            f"{each.taken} The cost {grows} above a constant {fit.constant:.3g}; scatter about the fit "
            f"{fit.error:.0%}, about the best straight line {fit.linear_error:.0%}.",
            "",
            f"![{each.name}](pictures/scale-{each.name}.svg)",
            "",
            f"| {' | '.join((each.x, each.cost, *columns))} |",
            f"|{' --- |' * (2 + len(columns))}",
            *rows,
            "",
        ]
    )


def write(curves: Sequence[Curve], kept: Mapping[str, str], machine: str) -> None:
    """The pictures of these curves, and the page.

    Args:
        curves: what was measured.
        kept: sections of an older page, by name, for what wasn't measured this time.
        machine: what it was measured on.
    """
    PICTURES.mkdir(exist_ok=True)
    for each in curves:
        points = [(point.x, point.cost) for point in each.points]
        title = f"{each.cost} over {each.x}"
        (PICTURES / f"scale-{each.name}.svg").write_text(curve(title, each.x, each.cost, points, each.fit()))
    sections = dict(kept) | {each.name: section(each) for each in curves}
    head = HEAD.format(date=datetime.now(UTC), machine=machine)
    PAGE.write_text(head + "\n".join(sections.values()), encoding="utf-8")


def sections_of(page: Path) -> dict[str, str]:
    """The sections of a page that is there, by name."""
    if not page.exists():
        return {}
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}
