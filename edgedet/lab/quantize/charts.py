"""The report's charts, each as the text of an SVG file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from edgedet.lab import require
from edgedet.lab.quantize.sensitivity import Sensitivity

_BLUE, _RED, _GREY = "#1f6fb4", "#c0392b", "#8a8f98"
_MOST_LAYERS = 30


def pareto(rows: Sequence[Mapping[str, Any]]) -> str:
    """Size and latency against mAP; the line joins the models that no other beats in both."""
    rows = [row for row in rows if row.get("accuracy") and row["accuracy"]["mean"]["AP"] is not None]
    figure, axes = _figure(11, 4.6, 2)
    panels = (("size_bytes", 1e6, "size, MB"), ("latency_p50_ms", 1, "latency p50, ms (log scale)"))
    for axis, (key, unit, label) in zip(axes, panels, strict=True):
        points = [(row[key] / unit, row["accuracy"]["mean"]["AP"] * 100, row["name"]) for row in rows]
        if key == "latency_p50_ms":
            axis.set_xscale("log")
            axis.xaxis.set_major_formatter("{x:g}")
            axis.xaxis.set_minor_locator(require("matplotlib.ticker").LogLocator(subs=(2, 5)))
            axis.xaxis.set_minor_formatter("{x:g}")
        front = _front(points)
        axis.plot([x for x, _, _ in front], [y for _, y, _ in front], color=_GREY, linewidth=1, zorder=1)
        on_front = {name for _, _, name in front}
        for rank, (x, y, name) in enumerate(sorted(points, key=lambda point: point[1])):
            colour = _BLUE if name in on_front else _GREY
            axis.scatter(x, y, color=colour, zorder=2, s=28)
            axis.annotate(  # in a column beside the panel: the points themselves often lie close together
                name, (x, y), xytext=(1.03, (rank + 0.5) / len(points)), textcoords="axes fraction", fontsize=7,
                va="center", color=colour, arrowprops={"arrowstyle": "-", "color": _GREY, "linewidth": 0.4},
            )  # fmt: skip
        axis.set_xlabel(label)
        axis.set_ylabel("mAP, points")
        axis.grid(alpha=0.25)
    return _svg(figure)


def sensitivity(layers: Sequence[Sensitivity]) -> str:
    """The worst layers: SQNR at the outputs and at the layer itself, and the mAP that keeping them float regains."""
    worst = sorted(layers, key=lambda s: s.at_outputs)[:_MOST_LAYERS][::-1]
    figure, axes = _figure(11, max(3.0, 0.27 * len(worst) + 1.2), 2)
    places = range(len(worst))
    own, whole = [s.at_outputs for s in worst], [s.at_layer for s in worst]
    axes[0].barh(places, own, color=_BLUE, height=0.7, label="quantized alone, at the outputs")
    dots = {"color": _RED, "markersize": 5, "markeredgecolor": "white"}
    axes[0].plot(whole, places, "o", label="all quantized, at the layer", **dots)
    axes[0].set_yticks(list(places), [s.layer.title for s in worst], fontsize=7)
    axes[0].set_xlabel("SQNR, dB (short bars: sensitive)")
    axes[0].legend(fontsize=7, loc="lower right")
    tried = [(i, s.regained) for i, s in enumerate(worst) if s.regained is not None]
    axes[1].barh([i for i, _ in tried], [r for _, r in tried], color=_RED, height=0.7)
    axes[1].set_yticks(list(places), [""] * len(worst))
    axes[1].set_ylim(axes[0].get_ylim())
    axes[1].axvline(0, color=_GREY, linewidth=0.8)
    span = max([0.5, *(abs(r) for _, r in tried)])
    axes[1].set_xlim(-1.05 * span, 1.05 * span)
    axes[1].set_xlabel("mAP points regained when the layer stays float" + ("" if tried else " (not measured)"))
    return _svg(figure)


def class_deltas(rows: Sequence[Mapping[str, Any]]) -> str:
    """AP of each class against the float model's, in points."""
    reference, *others = [row for row in rows if row.get("accuracy")]
    classes = [name for name, a in reference["accuracy"]["classes"].items() if a["AP"] is not None]
    figure, (axis,) = _figure(11, 4, 1)
    width = 0.8 / max(1, len(classes))
    for i, name in enumerate(classes):
        before = reference["accuracy"]["classes"][name]["AP"]
        deltas = [((row["accuracy"]["classes"][name]["AP"] or 0.0) - before) * 100 for row in others]
        label = f"{name} (float {before * 100:.1f})"
        axis.bar([x + i * width for x in range(len(others))], deltas, width=width, label=label)
    middles = [x + 0.4 - width / 2 for x in range(len(others))]
    axis.set_xticks(middles, [row["name"] for row in others], rotation=30, ha="right", fontsize=8)
    axis.axhline(0, color=_GREY, linewidth=0.8)
    axis.set_ylabel("AP against float, points")
    axis.grid(axis="y", alpha=0.25)
    if classes:
        axis.legend(fontsize=8)
    return _svg(figure)


def _front(points: Sequence[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Those for which no other is both smaller (or faster) and better."""
    front: list[tuple[float, float, str]] = []
    for point in sorted(points, key=lambda p: (p[0], -p[1])):
        if not front or point[1] > front[-1][1]:
            front.append(point)
    return front


def _figure(width: float, height: float, panels: int) -> tuple[Any, Any]:
    figure = require("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, panels, squeeze=False)[0]


def _svg(figure: Any) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
