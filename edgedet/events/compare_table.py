"""What changed between two runs, as a table."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from edgedet.events.compare import Comparison, Difference, order


def to_text(comparison: Comparison) -> str:
    """A table of what changed, for people, and a line that counts it."""
    rows = [("disappeared", event, "") for event in comparison.disappeared]
    rows += [("appeared", event, "") for event in comparison.appeared]
    rows += [("changed", each.before, ", ".join(map(_words, each.differences))) for each in comparison.changed]
    rows.sort(key=lambda row: order(row[1]))
    table = [("", "CAMERA", "LABEL", "RULE", "FROM", "TO", "SCORE", "")] if rows else []
    for what, event, note in rows:
        times = _clock(event.begin), _clock(event.end)
        table.append((what, event.camera, event.label, event.rule, *times, f"{event.best_score:.2f}", note))
    widths = [max(map(len, column)) for column in zip_longest(*table, fillvalue="")]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    counts = (
        f"{len(comparison.appeared)} appeared, {len(comparison.disappeared)} disappeared, "
        f"{len(comparison.changed)} changed, {comparison.same} the same"
    )
    return "\n".join([*lines, counts])


def _words(difference: Difference) -> str:
    """``zones porch -> porch street``."""
    return f"{difference.name.replace('_', ' ')} {_cell(difference.before)} -> {_cell(difference.after)}"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return (" ".join(value) if isinstance(value, tuple) else str(value)) or "none"


def _clock(seconds: float) -> str:
    """Seconds of the film: ``1:02:03.4``, ``2:03.4``."""
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"
