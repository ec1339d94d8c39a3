"""The tables that ``edgedet evaluate`` prints, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from edgedet.lab.evaluate.evaluation import Result, Stress

_MOST_CLASSES = 6
"""More classes than these don't fit on a line: they are in the JSON."""


def accuracy(results: Sequence[Result]) -> Iterator[str]:
    """One line a model: size, accuracy, latency, parity with the first."""
    labels = list(results[0].figures.classes)
    shown = labels if len(labels) <= _MOST_CLASSES else []
    header = ["model", "runtime", "MB", "AP", "AP50", "AR", *(f"AP50 {name}" for name in shown), "invoke ms"]
    rows = [[*header, "twins", "score diff"]]
    for result in results:
        mean, parity = result.figures.mean, result.parity
        rows.append(
            [
                Path(result.name).name,
                result.runtime,
                f"{result.size_bytes / 1e6:.2f}",
                *(_figure(value) for value in (mean.ap, mean.ap50, mean.ar100)),
                *(_figure(result.figures.classes[name].ap50) for name in shown),
                f"{result.invoke_p50_ms:.2f}",
                _figure(parity.twins if parity else None),
                _figure(parity.score_difference if parity else None),
            ]
        )
    yield from _aligned(rows, left=2)


def thresholds(results: Sequence[Result]) -> Iterator[str]:
    """One line a model and class: the recommended confidences and what they give; and each model's ECE."""
    wanted = next(iter(results[0].thresholds.values())).wanted
    rows = [["model", "class", "best F1 at", "precision", "recall", f"precision {wanted:g} at", "recall", "ECE"]]
    for name, result in zip(names(results), results, strict=True):
        for label, found in result.thresholds.items():
            best, precise = found.best_f1, found.precise
            rows.append(
                [
                    name,
                    label,
                    *(_figure(v) for v in ((best.score, best.precision, best.recall) if best else (None,) * 3)),
                    *(_figure(v) for v in ((precise.score, precise.recall) if precise else (None,) * 2)),
                    _figure(result.reliability.ece),
                ]
            )
    yield from _aligned(rows, left=2)


def stress(results: Sequence[Result], rows: Sequence[Stress]) -> Iterator[str]:
    """One line a condition: each model's AP50, and what part that is of its own without harm."""
    cells = [["AP50", *names(results)]]
    for row in rows:
        parts = zip(row.ap50, row.relative(rows[0]), strict=True)
        cells.append([row.condition, *(f"{_figure(v)} {'-' if r is None else f'{r:4.0%}'}" for v, r in parts)])
    yield from _aligned(cells, left=1)


def names(results: Sequence[Result]) -> list[str]:
    """A short name for each, no two the same: the file's, with its runtime or folder where that takes it."""
    files = [Path(result.name).stem for result in results]
    runtimes = [f"{file} {result.runtime.split()[0]}" for file, result in zip(files, results, strict=True)]
    folders = [f"{Path(result.name).parent.name} {name}" for name, result in zip(runtimes, results, strict=True)]
    for found in (files, runtimes, folders):
        if len(set(found)) == len(found):
            return found
    return [f"{name} {number}" for number, name in enumerate(runtimes, start=1)]


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _aligned(rows: Sequence[Sequence[str]], left: int) -> Iterator[str]:
    """Columns two spaces apart; the first ``left`` of them begin, the others end, on one line."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(cells).rstrip()
