"""What every tensor of the float model held while it saw the calibration pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.lab.quantize.layers import WEIGHTED, LayeredModel, flatbuffer_tools, operator_name
from edgedet.lab.quantize.ranges import Held
from edgedet.lab.quantize.trace import Trace, Values

BINS = 2048
MOST = 65_536
"""Values of one tensor of one picture that go into its histogram, evenly taken; the extremes are of all."""
_SMOOTHING = 0.95


@dataclass(frozen=True, slots=True)
class Activations:
    """What the tensors held.

    Attributes:
        tensors: by name.
        ends: tensors from which no convolution follows: they lead to the outputs alone.
        pictures: how many were seen.
    """

    tensors: Mapping[str, Held]
    ends: frozenset[str]
    pictures: int


def observe(model: LayeredModel, pictures: Sequence[Values]) -> Activations:
    """Run the model over the calibration pictures: once for the extremes, once for the histograms between them.

    Args:
        model: the float model; a quantized one's real values are taken.
        pictures: its inputs, float32 (1, H, W, C), as the pipeline's preprocessing makes them.

    Raises:
        ModelError: a tensor becomes NaN or infinite.
    """
    trace = Trace(model.content)
    names = trace.activations
    extremes = _extremes(model, trace, names, pictures)
    counts = {name: np.zeros(BINS, np.int64) for name in names}
    for picture in pictures:
        trace.run(picture)
        for name in names:
            low, high = extremes[name][:, 0].min(), extremes[name][:, 1].max()
            if high > low:
                counts[name] += _histogram(trace.real(name), float(low), float(high))
    held = {name: _held(extremes[name], counts[name]) for name in names}
    return Activations(held, _ends(model), len(pictures))


def _extremes(
    model: LayeredModel, trace: Trace, names: Sequence[str], pictures: Sequence[Values]
) -> dict[str, NDArray[np.float64]]:
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for picture in pictures:
        trace.run(picture)
        for name in names:
            values = trace.real(name)
            low, high = float(values.min()), float(values.max())
            if not (np.isfinite(low) and np.isfinite(high)):
                raise ModelError(
                    f"{model.path}: {name[-80:]} becomes NaN or infinite on a calibration picture; "
                    "the training diverged, or the pictures' normalisation isn't the card's"
                )
            found[name].append((low, high))
    return {name: np.array(ends) for name, ends in found.items()}


def _histogram(values: Values, low: float, high: float) -> NDArray[np.int64]:
    flat = values.ravel()
    flat = flat[:: max(1, -(-flat.size // MOST))]
    places = ((flat - low) * (BINS / (high - low))).astype(np.int64)
    return np.bincount(np.clip(places, 0, BINS - 1), minlength=BINS)


def _held(extremes: NDArray[np.float64], counts: NDArray[np.int64]) -> Held:
    smooth = extremes[0]
    for ends in extremes[1:]:
        smooth = _SMOOTHING * smooth + (1 - _SMOOTHING) * ends
    return Held(float(extremes[:, 0].min()), float(extremes[:, 1].max()), float(smooth[0]), float(smooth[1]), counts)


def _ends(model: LayeredModel) -> frozenset[str]:
    flatbuffer = flatbuffer_tools()
    content = flatbuffer.read_model(model.content)
    graph = content.subgraphs[0]
    feeding: set[int] = set()
    for operator in reversed(graph.operators):  # operators stand in the order they run
        weighted = operator_name(content.operatorCodes[operator.opcodeIndex]) in WEIGHTED
        if weighted or feeding.intersection(map(int, operator.outputs)):
            feeding.update(map(int, operator.inputs))
    return frozenset(flatbuffer.get_tensor_name(tensor) for i, tensor in enumerate(graph.tensors) if i not in feeding)
