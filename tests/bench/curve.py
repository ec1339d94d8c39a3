"""A curve as an SVG picture: measured points, the line fitted to them, two axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 80, 20, 40, 56
INK, LINE, DOT = "#333", "#2a7ab0", "#c0392b"


def curve(
    title: str,
    x_label: str,
    y_label: str,
    points: Sequence[tuple[float, float]],
    fitted: Callable[[float], float],
) -> str:
    """The picture's text.

    Args:
        title: above it.
        x_label, y_label: of the axes, which both begin at 0.
        points: what was measured.
        fitted: the line.
    """
    x_step, y_step = _step(max(x for x, _ in points)), _step(max(y for _, y in points))
    x_most, y_most = (_above(max(p[i] for p in points), step) for i, step in enumerate((x_step, y_step)))

    def at(x: float, y: float) -> tuple[float, float]:
        across = LEFT + x / x_most * (WIDTH - LEFT - RIGHT)
        return round(across, 1), round(HEIGHT - BOTTOM - y / y_most * (HEIGHT - TOP - BOTTOM), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="{INK}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{WIDTH / 2}" y="22" font-size="15" text-anchor="middle">{escape(title)}</text>',
        f'<text x="{(WIDTH + LEFT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_label)}</text>',
        f'<text transform="translate(18 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(y_label)}</text>',
    ]
    for tick in _ticks(x_most, x_step):
        x, y = at(tick, 0)
        parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{tick:g}</text>')
    for tick in _ticks(y_most, y_step):
        x, y = at(0, tick)
        parts.append(f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    line = [at(x, min(fitted(x), y_most)) for x in (low + (high - low) * i / 60 for i in range(61))]
    parts.append(f'<path d="M{" L".join(f"{x} {y}" for x, y in line)}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    parts += [f'<circle cx="{x}" cy="{y}" r="4" fill="{DOT}"/>' for x, y in (at(*point) for point in points)]
    return "\n".join([*parts, "</svg>", ""])


def _step(most: float) -> float:
    """Between two ticks: 1, 2 or 5 times a power of ten, so that there are four to ten of them."""
    power: float = 10 ** math.floor(math.log10(max(most, 1e-9)))
    return next(power * part for part in (0.1, 0.2, 0.5, 1, 2) if most / (power * part) <= 10)


def _above(most: float, step: float) -> float:
    return math.ceil(most / step - 1e-9) * step


def _ticks(most: float, step: float) -> list[float]:
    return [step * i for i in range(round(most / step) + 1)]
