"""When too much accuracy is lost: which layers it was, and what to try."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgedet.lab.datasets import Dataset
from edgedet.lab.quantize.activations import Activations
from edgedet.lab.quantize.conversion import convert
from edgedet.lab.quantize.delivery import stage
from edgedet.lab.quantize.layers import LayeredModel
from edgedet.lab.quantize.proof import Proof, prove
from edgedet.lab.quantize.recipes import Choice
from edgedet.lab.quantize.sensitivity import Sensitivity, most_sensitive, with_regained

WORST = 5
"""Layers whose effect on the mAP is measured; each costs an evaluation."""


def measure_regained(
    model: LayeredModel,
    choice: Choice,
    held: Activations | None,
    quantized: Proof,
    found: Sequence[Sensitivity],
    dataset: Dataset,
    folder: Path,
    worst: int = WORST,
) -> list[Sensitivity]:
    """The sensitivities, with the AP points that come back when each of the worst layers alone stays float.

    Args:
        model, choice, held: what was quantized and how.
        quantized: the quantized model's own figures.
        found: the layers' errors, the worst first.
        dataset: evaluation pictures.
        folder: where the trial models may be written.
        worst: how many layers are tried.
    """
    trials = []
    for layer in most_sensitive(found, worst):
        content = convert(model, choice, held, kept=[layer])
        trials.append((str(layer.number), stage(model, content, folder, f"without-{layer.number}", {})))
    points = {
        int(proof.name): (proof.points or 0.0) - (quantized.points or 0.0) for proof in prove(trials, dataset)
    } if trials else {}  # fmt: skip
    return with_regained(found, points)


def advice(choice: Choice, found: Sequence[Sensitivity]) -> list[str]:
    """What to try instead of a recipe that lost too much."""
    recipe, tips = choice.recipe, []
    if not recipe.per_channel:
        tips.append("--recipe int8: weights per channel")
    if recipe.calibrated and choice.calibration == "min-max":
        tips.append("--calibration percentile (or mse): rare extremes no longer make every step coarse")
    if recipe.calibrated and recipe.keeps != "float" and found:
        worst = " ".join(f"--keep {layer.number}" for layer in most_sensitive(found, WORST))
        tips.append(f"--recipe mixed {worst}: the worst layers in float32 (or --keep-worst N)")
    elif recipe.keeps:
        tips.append("--keep-worst with a larger number: more layers in higher precision")
    if recipe.activation_bits == 8:
        tips.append("--recipe int16x8: 16-bit activations")
    if recipe.weight_bits == 4:
        tips.append("--recipe weight-int8: int8 weights")
    tips.append("train on with quantization aware training, and compare its model with --also")
    return tips


def blame(found: Sequence[Sensitivity], worst: int = 5) -> list[str]:
    """One line for each of the worst layers."""
    lines = []
    for item in found[:worst]:
        regained = "" if item.regained is None else f"; kept float: {item.regained:+.2f} AP points"
        lines.append(
            f"{item.layer.title}: alone it leaves {item.at_outputs:.1f} dB at the outputs, "
            f"{item.at_layer:.1f} dB at its own{regained}"
        )
    return lines
