"""Precision-recall curves and reliability diagrams as PNG files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.lab import require
from edgedet.lab.evaluate.evaluation import Result
from edgedet.lab.evaluate.tables import names
from edgedet.lab.evaluate.thresholds import curve
from edgedet.lab.files import ready, write


def draw(results: Sequence[Result], folder: Path) -> list[Path]:
    """Write two pictures of each model into a folder, which is made if it isn't there.

    Returns:
        The files.

    Raises:
        OutputError: they can't be written.
        ExtraMissing: matplotlib isn't installed.
    """
    ready(folder)
    written = []
    for name, result in zip(names(results), results, strict=True):
        stem = name.replace(" ", "-")
        for kind, figure in (("precision-recall", precision_recall(result)), ("reliability", reliability(result))):
            path = folder / f"{stem}-{kind}.png"
            _write(figure, path)
            written.append(path)
    return written


def precision_recall(result: Result) -> Any:
    """A matplotlib figure: precision over recall of each class at IoU 0.5, with the recommended confidences."""
    figure = require("matplotlib.figure").Figure(figsize=(6, 5), layout="constrained")
    axes = figure.add_subplot(xlim=(0, 1), ylim=(0, 1.02), xlabel="recall", ylabel="precision", title=_title(result))
    for label, matches in result.matches.items():
        drawn = curve(matches)
        (line,) = axes.plot(drawn.recall, drawn.precision, label=f"{label} ({matches.objects} objects)")
        found = result.thresholds[label]
        for threshold, marker in ((found.best_f1, "o"), (found.precise, "s")):
            if threshold is not None:
                axes.plot(threshold.recall, threshold.precision, marker, color=line.get_color())
                where = (threshold.recall, threshold.precision)
                axes.annotate(f"{threshold.score:.2f}", where, textcoords="offset points", xytext=(4, 4), fontsize=8)
    wanted = next(iter(result.thresholds.values())).wanted
    axes.plot([], [], "ko", label="confidence of best F1")
    axes.plot([], [], "ks", label=f"confidence for precision {wanted:g}")
    axes.legend(loc="lower left", fontsize=8)
    axes.grid(alpha=0.3)
    return figure


def reliability(result: Result) -> Any:
    """A matplotlib figure: precision over confidence in ten bins, and how many detections each holds."""
    drawn = result.reliability
    figure = require("matplotlib.figure").Figure(figsize=(6, 6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    edges = np.linspace(0, 1, len(drawn.counts) + 1)
    centres, width = (edges[1:] + edges[:-1]) / 2, edges[1] * 0.95
    upper.bar(centres, np.nan_to_num(drawn.precision), width, label="precision")
    upper.plot([0, 1], [0, 1], "k--", linewidth=1, label="as it should be")
    upper.plot(drawn.confidence, drawn.precision, "ko", markersize=4, label="mean confidence")
    ece = "-" if drawn.ece is None else f"{drawn.ece:.3f}"
    upper.set(xlim=(0, 1), ylim=(0, 1), ylabel="precision at IoU 0.5", title=f"{_title(result)}, ECE {ece}")
    upper.legend(loc="upper left", fontsize=8)
    lower.bar(centres, drawn.counts, width, color="grey")
    lower.set(xlabel="confidence", ylabel="detections")
    return figure


def _title(result: Result) -> str:
    return f"{Path(result.name).name}, {result.runtime}"


def _write(figure: Any, path: Path) -> None:
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120)
    write(path, content.getvalue())
