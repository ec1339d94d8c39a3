"""One model's ranges, clipping and error, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.lab.quantize.activations import observe
from edgedet.lab.quantize.layers import Layer, LayeredModel
from edgedet.lab.quantize.ranges import Held
from edgedet.lab.quantize.sensitivity import sqnr_by_tensor
from edgedet.lab.quantize.trace import Trace, Values

BINS = 64


@dataclass(frozen=True, slots=True, eq=False)
class LayerFacts:
    """What a layer holds.

    Attributes:
        layer: which.
        dtype: of its output, ``int8`` and the like.
        held: its output's real values over the pictures.
        limits: the real values its output can hold; None if it is float.
        clipped: share of the values, 0 to 1, that lie outside of ``limits`` in the float model, or without one at
            the very ends of them (zeros not counted); None if it is float.
        weights: their real range; None without.
        spread: the widest channel's largest weight over the narrowest's: beyond 30, one scale for the whole tensor
            leaves whole channels under 3 bits.
        weight_counts: int64 (64,): the weights' histogram over ``weights``; empty without.
        sqnr: in dB, of its output against the float model's; None without one.
    """

    layer: Layer
    dtype: str
    held: Held
    limits: tuple[float, float] | None
    clipped: float | None
    weights: tuple[float, float] | None
    spread: float | None
    weight_counts: NDArray[np.int64]
    sqnr: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with the activation's histogram coarsened to 64 bins."""
        return {
            "layer": self.layer.title,
            "number": self.layer.number,
            "tensor": self.layer.output,
            "dtype": self.dtype,
            "activation": {
                "range": [self.held.low, self.held.high],
                "histogram": coarse(self.held.counts).tolist(),
                "limits": self.limits,
                "clipped": self.clipped,
            },
            "weights": self.weights
            and {"range": list(self.weights), "histogram": self.weight_counts.tolist(), "channel_spread": self.spread},
            "sqnr_db": None if self.sqnr is None else round(self.sqnr, 2),
        }


def analyse(model: LayeredModel, pictures: Sequence[Values], reference: LayeredModel | None = None) -> list[LayerFacts]:
    """Look at every layer of a model while it sees some pictures.

    Args:
        model: float or quantized.
        pictures: real input values, float32 (1, H, W, C).
        reference: the float model it was made from; None: no SQNR, and clipping is told from the model alone.

    Raises:
        ModelError: the two have no layer in common.
    """
    seen = observe(model, pictures).tensors
    exact = observe(reference, pictures).tensors if reference else {}
    names = [layer.output for layer in model.layers]
    sqnr = sqnr_by_tensor(reference.content, model.content, names, pictures) if reference else {}
    if reference and not sqnr:
        raise ModelError(f"{reference.path}: no tensor has the name of one in {model.path}; was it made from another?")
    trace = Trace(model.content)
    at_ends = _at_ends(trace, [n for n in names if n in seen], pictures) if not reference else {}
    facts = []
    for layer in model.layers:
        if layer.output not in seen:
            continue
        limits = trace.limits(layer.output)
        clipped = None
        if limits:
            clipped = _outside(exact[layer.output], limits) if layer.output in exact else at_ends.get(layer.output)
        weights, spread, counts = _weights(trace, layer)
        dtype, error = str(trace.stored(layer.output).dtype), sqnr.get(layer.output)
        facts.append(LayerFacts(layer, dtype, seen[layer.output], limits, clipped, weights, spread, counts, error))
    return facts


def coarse(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """A histogram with a multiple of 64 bins as one of 64."""
    return np.asarray(counts.reshape(BINS, -1).sum(axis=1))


def _outside(held: Held, limits: tuple[float, float]) -> float:
    step = (limits[1] - limits[0]) / 510  # what rounds to the end isn't clipped
    beyond = (held.centres < limits[0] - step) | (held.centres > limits[1] + step)
    return float(held.counts[beyond].sum() / max(1, held.counts.sum()))


def _at_ends(trace: Trace, names: Sequence[str], pictures: Sequence[Values]) -> dict[str, float]:
    counted = {name: [0, 0] for name in names if trace.limits(name)}
    for picture in pictures:
        trace.run(picture)
        for name, sums in counted.items():
            values = trace.stored(name)
            ends = np.iinfo(values.dtype)
            low, high = trace.limits(name) or (0.0, 0.0)
            sums[0] += int((values == ends.min).sum()) if low else 0
            sums[0] += int((values == ends.max).sum()) if high else 0
            sums[1] += values.size
    return {name: hits / total for name, (hits, total) in counted.items() if total}


def _weights(trace: Trace, layer: Layer) -> tuple[tuple[float, float] | None, float | None, NDArray[np.int64]]:
    """Their range, the spread of the channels, and their histogram."""
    if layer.weight is None or not trace.has(layer.weight):
        return None, None, np.zeros(0, np.int64)
    values = trace.real(layer.weight)
    axis = values.ndim - 1 if layer.operator == "DEPTHWISE_CONV_2D" else 0  # the output channels'
    largest = np.abs(np.moveaxis(values, axis, 0).reshape(values.shape[axis], -1)).max(axis=1)
    alive = largest[largest > 0]
    spread = float(alive.max() / alive.min()) if alive.size else 1.0
    ends = float(values.min()), float(values.max())
    return ends, spread, np.histogram(values, bins=BINS)[0].astype(np.int64)
