"""The run's figures as a table, and as the page that is kept."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.fuzz import judge
from tests.fuzz.session import Outcome

_HEADS = (
    "target",
    "cases",
    "a second",
    "edges",
    "new",
    "features",
    "wrong",
    "crashes",
    "hangs",
    "slowest ms",
    "RSS MB",
)


def table(outcomes: Sequence[Outcome]) -> str:
    """One row a target, in Markdown."""
    rows = [_HEADS, tuple("---" if i == 0 else "---:" for i in range(len(_HEADS)))]
    rows += [_row(outcome) for outcome in outcomes]
    total = (sum(getattr(each, name) for each in outcomes) for name in ("cases", "wrong", "crashes", "hangs"))
    cases, wrong, crashes, hangs = total
    slowest = max((each.slowest for each in outcomes), default=0.0)
    rows.append(
        ("all", f"{cases:,}", "", "", "", "", str(wrong), str(crashes), str(hangs), f"{slowest * 1e3:,.0f}", "")
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(each: Outcome) -> tuple[str, ...]:
    return (
        each.name,
        f"{each.cases:,}",
        f"{each.cases / each.seconds:,.0f}" if each.seconds else "",
        f"{each.coverage:,}",
        f"{each.coverage - each.began:,}",
        f"{each.features:,}",
        str(each.wrong),
        str(each.crashes),
        str(each.hangs),
        f"{each.slowest * 1e3:,.0f}",
        f"{each.memory:,}",
    )


def page(outcomes: Sequence[Outcome], seconds: float, seed: int) -> str:
    """The page with the table and what it means."""
    what = "\n".join(f"* `{each.name}`: {_first_line(each.name)}" for each in outcomes)
    return f"""# Fuzzing

Written by `bash tests/fuzz/run.sh`. {datetime.now(UTC):%Y-%m-%d}, {seconds / 60:.0f} minutes, seed {seed}, Python
{platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors.

Each target is fed by libFuzzer (atheris), guided by the code that its cases reach. Right is: one of edgedet's own
errors in a line (or an answer below 500), nothing else; no password in it; within 5 seconds; within a gigabyte.

{table(outcomes)}

*Edges*: code reached; *new*: beyond what the seeds reach; *wrong*: another exception, or a wrong result; *hangs*: over
the limit of time or memory; *RSS*: at least that of the process which starts them all. In `detector` every case is a
whole program that loads and runs a broken model: its time includes the start of two interpreters, and its limit is the
one after which edgedet itself gives a model up.

{what}
"""


def _first_line(name: str) -> str:
    return (judge.load(name).__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
