"""A budget as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from edgedet.bench.budget import Budget

_ROW = "{:9} {:24} {:>9} {:>9} {:>7}"


def table(budget: Budget) -> Iterator[str]:
    """A line for each step: milliseconds of one frame on the clock and on the processor, and its share."""
    yield _ROW.format("thread", "step", "wall ms", "CPU ms", "share")
    thread = ""
    for step in budget.steps:
        name = "  " * (len(step.path) - 2) + step.name
        shown = step.path[0] if step.path[0] != thread else ""
        thread = step.path[0]
        yield _row(shown, name, step.wall_ms, step.cpu_ms, budget)
    yield _row("", "not explained", None, budget.unexplained_ms, budget)
    yield _row("all", "one frame", budget.interval_ms, budget.cpu_ms, budget)
    yield f"the detect thread waits {budget.waiting_ms:.2f} ms of them; a step's figures leave out the steps within it"


def _row(thread: str, name: str, wall_ms: float | None, cpu_ms: float, budget: Budget) -> str:
    wall = f"{wall_ms:.3f}" if wall_ms is not None else ""
    return _ROW.format(thread, name, wall, f"{cpu_ms:.3f}", f"{cpu_ms / budget.cpu_ms:.1%}").rstrip()
