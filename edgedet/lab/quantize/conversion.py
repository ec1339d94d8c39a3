"""A recipe and the activations' ranges to a quantized model; ai-edge-quantizer does the work."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from edgedet.errors import DataError, ModelError
from edgedet.lab.quantize.activations import Activations
from edgedet.lab.quantize.dead import LEAST_INT16, revive
from edgedet.lab.quantize.layers import Layer, LayeredModel
from edgedet.lab.quantize.ranges import range_of
from edgedet.lab.quantize.recipes import Choice, Rules


def convert(
    model: LayeredModel,
    choice: Choice,
    held: Activations | None,
    kept: Sequence[Layer] = (),
    only: Sequence[Layer] = (),
) -> bytes:
    """The quantized model's bytes.

    Args:
        model: the float model.
        choice: the recipe and the calibration method.
        held: what the tensors held; None is enough for recipes that aren't calibrated.
        kept: layers that are left in higher precision.
        only: the layers to quantize; empty: all.

    Raises:
        DataError: the recipe needs calibration and there is none.
        ModelError: the quantizer can't do it, with its reason.
    """
    if choice.recipe.calibrated and held is None:
        raise DataError(f"{choice.name}: needs calibration pictures; give them with --data")
    if choice.recipe.activation_bits == 16:
        model = replace(model, content=revive(model.path, model.content, LEAST_INT16))
    ranges = tensor_ranges(held, choice) if choice.recipe.calibrated and held else None
    rules = choice.recipe.rules([layer.scope for layer in kept], [layer.scope for layer in only], bool(model.handover))
    return _quantize(model, choice.name, rules, ranges)


def tensor_ranges(held: Activations, choice: Choice) -> dict[str, tuple[float, float]]:
    """The range of each activation, by its tensor's name.

    What leads to the outputs alone keeps its extremes whatever the method: the few high scores that a clipping
    method would cut off are the detections.
    """
    bits = choice.recipe.activation_bits
    return {
        name: range_of(tensor, "min-max" if name in held.ends else choice.calibration, bits)
        for name, tensor in held.tensors.items()
    }


def _quantize(model: LayeredModel, name: str, rules: Rules, ranges: Mapping[str, tuple[float, float]] | None) -> bytes:
    statistics = None
    if ranges is not None:
        statistics = {
            tensor: {"min": np.array([low], np.float32), "max": np.array([high], np.float32)}
            for tensor, (low, high) in ranges.items()
        }
    try:
        with _silence():
            model.quantizer.load_quantization_recipe(rules)
            result = model.quantizer.quantize(statistics, enable_progress_bar=False, enable_progress_report=False)
    except (ValueError, RuntimeError, KeyError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:300]
        raise ModelError(f"{model.path}: {name}: ai-edge-quantizer can't make it: {reason}") from None
    return bytes(result.quantized_model)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Its progress bars, which can't all be turned off, and its interpreter's warning that it is for debugging."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield
