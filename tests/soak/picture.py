"""A run as a picture: a panel for each thing that must not grow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.soak.rests import REST, ROUND

PANELS = (
    ("rss_mb", "memory, MB"),
    ("fds", "open files"),
    ("threads", "threads"),
    ("store_mb", "kept on the disk, MB"),
    ("database_mb", "database and its log, MB"),
    ("latency_ms", "capture to published, median, ms"),
)
WIDTH, HEIGHT, MARGIN, GAP = 760, 110, 56, 34


def draw(columns: Mapping[str, NDArray[np.float64]], title: str, path: Path) -> None:
    """Write the panels as SVG, one below the other, over minutes; rests are shaded."""
    minutes = columns["second"] / 60
    total = 40 + len(PANELS) * (HEIGHT + GAP) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{total}" font-family="sans-serif" '
        'font-size="11"><rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{MARGIN}" y="22" font-size="14">{title}</text>',
    ]
    for number, (name, label) in enumerate(PANELS):
        parts.append(_panel(minutes, columns[name], label, 46 + number * (HEIGHT + GAP)))
    path.write_text("\n".join([*parts, "</svg>"]) + "\n")


def _panel(minutes: NDArray[np.float64], values: NDArray[np.float64], label: str, top: int) -> str:
    most = float(values.max()) * 1.15 or 1.0
    right, bottom = WIDTH - 16, top + HEIGHT
    x = MARGIN + minutes / minutes[-1] * (right - MARGIN)
    y = bottom - values / most * HEIGHT
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    rests = "".join(
        f'<rect x="{MARGIN + start / minutes[-1] * (right - MARGIN):.1f}" y="{top}" '
        f'width="{(ROUND - REST) / 60 / minutes[-1] * (right - MARGIN):.1f}" height="{HEIGHT}" fill="#e3e8ef"/>'
        for start in np.arange(REST / 60, minutes[-1] - (ROUND - REST) / 60 + 0.5, ROUND / 60)
    )
    half = f'<text x="{MARGIN - 6}" y="{bottom - HEIGHT / 2 + 4:.0f}" text-anchor="end">{most / 2:.3g}</text>'
    marks = "".join(
        f'<text x="{MARGIN + (right - MARGIN) * part:.0f}" y="{bottom + 13}" text-anchor="middle" fill="#777">'
        f"{minutes[-1] * part:.0f} min</text>"
        for part in (0, 0.25, 0.5, 0.75, 1)
    )
    return (
        f'<text x="{MARGIN}" y="{top - 5}">{label}: {np.median(values):.4g} in the middle, {values[-1]:.4g} at the end'
        f'</text><rect x="{MARGIN}" y="{top}" width="{right - MARGIN}" height="{HEIGHT}" fill="#f6f7f9" stroke="#ccd"/>'
        f'{rests}<text x="{MARGIN - 6}" y="{top + 9}" text-anchor="end">{most:.3g}</text>{half}'
        f'<polyline points="{points}" fill="none" stroke="#1668b8" stroke-width="1.2"/>{marks}'
    )
