"""A dataset's classes and sizes as a picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from edgedet.drawing.palette import colour_of
from edgedet.lab import require
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.summary import MEDIUM, SMALL, box_areas

MOST_CLASSES = 40


def draw_charts(dataset: Dataset) -> bytes:
    """A PNG with two charts: boxes a class, the forty commonest, and boxes by size with COCO's bounds.

    Raises:
        ExtraMissing: matplotlib isn't installed.
    """
    figures: Any = require("matplotlib.figure")
    counts = np.bincount(
        np.concatenate([picture.labels for picture in dataset] or [np.zeros(0, np.int64)]),
        minlength=len(dataset.labels),
    )
    shown = np.argsort(-counts, kind="stable")[:MOST_CLASSES][::-1]
    figure = figures.Figure(figsize=(11, max(4, 1.5 + 0.22 * len(shown))), layout="constrained", dpi=120)
    classes, sizes = figure.subplots(1, 2)
    names = [dataset.labels[i] for i in shown]
    # matplotlib wants red, green, blue from 0 to 1
    bars = classes.barh(range(len(names)), counts[shown], color=[[c / 255 for c in colour_of(n)[::-1]] for n in names])
    classes.set_yticks(range(len(names)), names)
    classes.bar_label(bars, padding=2, fontsize=8)
    classes.margins(x=0.12)
    left_out = f", the commonest {MOST_CLASSES} of {len(counts)}" if len(counts) > MOST_CLASSES else ""
    classes.set(title=f"boxes a class{left_out}", xlabel="boxes")
    sides = np.sqrt(np.maximum(box_areas(dataset), 0))
    least, greatest = max(1.0, float(sides.min(initial=4))), max(1024.0, float(sides.max(initial=0)))
    sizes.hist(sides.clip(least), bins=np.geomspace(least, greatest, 33), color="0.45")
    sizes.set_xscale("log", base=2)
    sizes.xaxis.set_major_formatter("{x:g}")
    for bound, name in ((SMALL**0.5, "small"), (MEDIUM**0.5, "medium")):
        sizes.axvline(bound, color="black", linestyle="--", linewidth=1)
        sizes.text(bound, 0.98, f"{name} ", ha="right", va="top", transform=sizes.get_xaxis_transform())
    sizes.set(title="boxes by size", xlabel="square root of the area in pixels", ylabel="boxes")
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()
