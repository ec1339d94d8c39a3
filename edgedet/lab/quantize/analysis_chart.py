"""The picture of an analysis: histograms, ranges and error of every layer."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgedet.lab import require
from edgedet.lab.quantize.analysis import BINS, LayerFacts, coarse


def picture(facts: Sequence[LayerFacts], title: str) -> bytes:
    """PNG bytes: a row a layer; weight and activation histograms, activation range and limits, clipping, SQNR."""
    height = max(4.0, 0.19 * len(facts) + 1.5)
    figure = require("matplotlib.figure").Figure(figsize=(15, height), layout="constrained", dpi=110)
    axes = figure.subplots(1, 5, sharey=True, width_ratios=(1.2, 1.2, 1.3, 0.8, 0.8))
    rows = np.arange(len(facts))
    empty = np.zeros(BINS, np.int64)
    panels = (
        ("weights, least to greatest", [f.weight_counts if len(f.weight_counts) else empty for f in facts]),
        ("activations, least to greatest", [coarse(f.held.counts) for f in facts]),
    )
    for axis, (label, counts) in zip(axes, panels, strict=False):
        axis.imshow(_shades(counts), aspect="auto", cmap="Blues", interpolation="nearest")
        axis.set_xticks([])
        axis.set_xlabel(f"{label} (log count)")
    axes[0].set_yticks(rows, [f.layer.title for f in facts], fontsize=6)
    low, high = np.array([f.held.low for f in facts]), np.array([f.held.high for f in facts])
    axes[2].barh(rows, high - low, left=low, color="#1f6fb4", height=0.7)
    for row, fact in enumerate(facts):
        if fact.limits:
            axes[2].plot(fact.limits, (row, row), "|", color="#c0392b", markersize=5)
    axes[2].set_xscale("symlog")
    axes[2].set_xlabel("activation range; red: what it can hold")
    axes[3].barh(rows, [100 * (f.clipped or 0.0) for f in facts], color="#c0392b", height=0.7)
    axes[3].set_xlabel("clipped, %")
    axes[4].barh(rows, [f.sqnr or 0.0 for f in facts], color="#1f6fb4", height=0.7)
    axes[4].set_xlabel("SQNR against float, dB" if any(f.sqnr is not None for f in facts) else "SQNR: give --float")
    figure.suptitle(title, fontsize=10)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def _shades(counts: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
    logs = np.log1p(np.array(counts, np.float64))
    return np.asarray(logs / np.maximum(logs.max(axis=1, keepdims=True), 1e-9))
