"""The error of quantization, layer by layer.

SQNR is the signal to quantization noise ratio, 10 log10(sum x^2 / sum (x - x')^2) in dB: 40 is a hundredth of the
signal's amplitude, 20 a tenth, below 10 hardly anything is left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edgedet.errors import ModelError
from edgedet.lab.quantize.activations import Activations
from edgedet.lab.quantize.conversion import convert
from edgedet.lab.quantize.layers import Layer, LayeredModel
from edgedet.lab.quantize.recipes import Choice
from edgedet.lab.quantize.trace import Outputs, Trace, Values

EXACT = 120.0
"""dB shown where there is no error at all."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What quantization does to one layer.

    Attributes:
        layer: which.
        at_layer: SQNR in dB of its output in the quantized model: its own error and all that came in.
        at_outputs: SQNR in dB of the model's outputs (of what its suppression reads, if that is inside) when this
            layer alone is quantized: its own share.
        regained: AP points (0 to 100) that the quantized model gains when this layer stays float; None: not measured.
    """

    layer: Layer
    at_layer: float
    at_outputs: float
    regained: float | None = None

    def to_dict(self) -> dict[str, object]:
        """Plain values for reports."""
        return {
            "layer": self.layer.title,
            "number": self.layer.number,
            "tensor": self.layer.output,
            "sqnr_db": round(self.at_layer, 2),
            "own_sqnr_db": round(self.at_outputs, 2),
            "ap_points_regained": None if self.regained is None else round(self.regained, 2),
        }


class Noise:
    """Sums up a signal and its error over several pictures."""

    def __init__(self) -> None:
        self._signal = self._error = 0.0

    def add(self, real: Values, approximate: Values) -> None:
        """Count two tensors of one shape."""
        exact = real.astype(np.float64)
        self._signal += float((exact**2).sum())
        self._error += float(((exact - approximate) ** 2).sum())

    @property
    def sqnr(self) -> float:
        """In dB."""
        if self._error == 0:
            return EXACT
        return 10 * math.log10(max(self._signal, 1e-30) / self._error)


def sqnr_by_tensor(
    reference: bytes, other: bytes, names: Sequence[str], pictures: Sequence[Values]
) -> dict[str, float]:
    """SQNR in dB of the tensors that both models have under the same name."""
    exact, approximate = Trace(reference), Trace(other)
    shared = [n for n in names if n in set(exact.activations) & set(approximate.activations)]
    noise = {name: Noise() for name in shared}
    for picture in pictures:
        exact.run(picture)
        approximate.run(picture)
        for name in shared:
            noise[name].add(exact.real(name), approximate.real(name))
    return {name: noise[name].sqnr for name in shared}


def sensitivities(
    model: LayeredModel, choice: Choice, held: Activations | None, quantized: bytes, pictures: Sequence[Values]
) -> list[Sensitivity]:
    """Every layer's error, the worst first.

    Args:
        model: the float model.
        choice: how it was quantized.
        held: the calibration, where the recipe has one.
        quantized: the result.
        pictures: a few inputs of the float model; four show it well enough.
    """
    whole = sqnr_by_tensor(model.content, quantized, [layer.output for layer in model.layers], pictures)
    exact = Outputs(model.content, model.handover).of(pictures)
    results = []
    for layer in model.layers:
        if layer.output not in whole or (layer.weight is None and not choice.recipe.calibrated):
            continue
        try:
            alone = convert(model, choice, held, only=[layer])
        except ModelError:  # the recipe leaves such a layer as it is
            continue
        own = min(_sqnr(*pair) for pair in zip(exact, Outputs(alone, model.handover).of(pictures), strict=True))
        results.append(Sensitivity(layer, whole[layer.output], own))
    return sorted(results, key=lambda s: s.at_outputs)


def _sqnr(real: Sequence[Values], approximate: Sequence[Values]) -> float:
    noise = Noise()
    for one, other in zip(real, approximate, strict=True):
        noise.add(one, other)
    return noise.sqnr


def with_regained(found: Sequence[Sensitivity], points: dict[int, float]) -> list[Sensitivity]:
    """The same with the AP points measured for some layers, by their number."""
    return [replace(s, regained=points.get(s.layer.number)) for s in found]


def most_sensitive(found: Sequence[Sensitivity], count: int) -> list[Layer]:
    """The layers with weights whose own error harms the outputs most; they are what a mixed recipe keeps."""
    weighted = [s for s in found if s.layer.weight is not None]
    return [s.layer for s in sorted(weighted, key=lambda s: s.at_outputs)[:count]]
