"""The sweep as a table for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HEADINGS = ("model", "size MB", "mAP", "AP50", "drop", "p50 ms", "arena MB", "outside XNNPACK", "")


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of :func:`edgedet.lab.quantize.sweep.summary` as aligned text."""
    cells = [list(HEADINGS), *(list(row_cells(row)) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(HEADINGS))]
    lines = []
    for row in cells:
        pairs = enumerate(zip(row, widths, strict=True))
        lines.append("  ".join(t.ljust(w) if i in (0, 7, 8) else t.rjust(w) for i, (t, w) in pairs).rstrip())
    return "\n".join(lines)


def row_cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A row's texts, under :data:`HEADINGS`."""
    if "failure" in row:
        return (row["name"], *[""] * 7, f"failed: {row['failure']}")
    mean = (row["accuracy"] or {}).get("mean", {})
    outside = sum(row["outside_xnnpack"].values())
    drop = row["drop_points"]
    return (
        row["name"],
        f"{row['size_bytes'] / 1e6:.2f}",
        _points(mean.get("AP")),
        _points(mean.get("AP50")),
        "" if drop is None or row["name"] == "float" else f"{drop:+.2f}",
        f"{row['latency_p50_ms']:.2f}",
        f"{row['arena_bytes'] / 1e6:.2f}",
        f"{outside} {', '.join(list(row['outside_xnnpack'])[:2])}" if outside else "0",
        "refused" if row["refused"] else "",
    )


def _points(value: float | None) -> str:
    return "" if value is None else f"{value * 100:.2f}"
