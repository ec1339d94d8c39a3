"""What becomes of a model's weights and activations: :data:`RECIPES`, by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgedet.errors import ConfigError
from edgedet.lab.quantize.ranges import METHODS

Rules = list[dict[str, Any]]
"""A recipe as ai-edge-quantizer reads it: later rules win over earlier ones."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to quantize.

    Attributes:
        name: as given on the command line.
        summary: what it does, in a line.
        weight_bits: 4, 8, or 16 for float16.
        activation_bits: 8 or 16; 0: activations stay float32.
        per_channel: each output channel of a weight has a scale of its own; else one for the whole tensor.
        symmetric: activations have their zero point at 0.
        dynamic: float activations are quantized while the model runs, so that it computes in integers.
        keeps: layers are kept: ``float``, ``int16`` or nothing.
    """

    name: str
    summary: str
    weight_bits: int = 8
    activation_bits: int = 0
    per_channel: bool = True
    symmetric: bool = False
    dynamic: bool = False
    keeps: str = ""

    @property
    def calibrated(self) -> bool:
        """Whether it needs calibration pictures."""
        return self.activation_bits > 0

    def rules(self, kept: Sequence[str] = (), only: Sequence[str] = (), float_outputs: bool = False) -> Rules:
        """The recipe for ai-edge-quantizer.

        Args:
            kept: scopes (:attr:`Layer.scope`) left as ``keeps`` says.
            only: scopes to quantize, and nothing else; empty: everything.
            float_outputs: the model's outputs stay float32.
        """
        scopes = [_exactly(scope) for scope in only] or [".*"]
        spare = INT16 if self.keeps == "int16" else None
        spared = [spare._rule(_exactly(scope)) if spare else _leave(_exactly(scope)) for scope in kept]
        outputs = [{**_leave(".*"), "operation": "OUTPUT"}] if float_outputs else []
        return [*(self._rule(scope) for scope in scopes), *spared, *outputs]

    def _rule(self, regex: str) -> dict[str, Any]:
        weight = {
            "num_bits": self.weight_bits,
            "symmetric": True,  # the runtime's kernels take nothing else
            "granularity": "CHANNELWISE" if self.per_channel else "TENSORWISE",
            "dtype": "FLOAT" if self.weight_bits == 16 else "INT",
        }
        integer = self.dynamic or self.calibrated
        config: dict[str, Any] = {
            "weight_tensor_config": weight,
            "compute_precision": "INTEGER" if integer else "FLOAT",
            "explicit_dequantize": not integer,
        }
        if self.calibrated:
            symmetric = self.symmetric or self.activation_bits == 16
            config["activation_tensor_config"] = {
                "num_bits": self.activation_bits,
                "symmetric": symmetric,
                "granularity": "TENSORWISE",
                "dtype": "INT",
            }
        algorithm = "float_casting" if self.weight_bits == 16 else "min_max_uniform_quantize"
        return {"regex": regex, "operation": "*", "algorithm_key": algorithm, "op_config": config}


def _exactly(scope: str) -> str:
    return f"^{re.escape(scope)}$"


def _leave(regex: str) -> dict[str, Any]:
    return {
        "regex": regex,
        "operation": "*",
        "algorithm_key": "no_quantize",
        "op_config": {"compute_precision": "FLOAT"},
    }


INT16 = Recipe("int16x8", "int8 weights, int16 activations, per channel; precise, slow without own kernels", 8, 16)

RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe("float16", "float16 weights, computed in float32: half the size, the same accuracy", 16),
        Recipe("dynamic", "int8 weights, activations quantized as they come: no calibration", dynamic=True),
        Recipe("weight-int8", "int8 weights, computed in float32: a quarter of the size"),
        Recipe("weight-int4", "int4 weights, computed in float32; depthwise convolutions stay float32", 4),
        Recipe("int8", "full int8: weights per channel, activations asymmetric; the runtime's fast path", 8, 8),
        Recipe("int8-symmetric", "full int8 with symmetric activations, as some accelerators want", 8, 8, True, True),
        Recipe("int8-per-tensor", "full int8 with one scale for each whole weight tensor", 8, 8, False),
        Recipe("int8-per-tensor-symmetric", "one scale a weight tensor and symmetric activations", 8, 8, False, True),
        INT16,
        Recipe("mixed", "int8, the most sensitive or named layers (--keep) left in float32", 8, 8, keeps="float"),
        Recipe(
            "mixed-int16",
            "int8, those layers with int16 activations instead",
            8,
            8,
            keeps="int16",
        ),
    )
}

REFUSED = {
    "uint8": "the quantizer writes signed int8 only; int8 runs on the same kernels",
    "int4": "the runtime has no int4 depthwise kernels and no int4 activations; take weight-int4",
    "int4x8": "the runtime has no int4 depthwise kernels; take weight-int4 or int8",
    "bfloat16": "the runtime has no bfloat16 kernels; take float16",
    "float8": "the runtime has no float8 kernels; take int8",
    "qat": "that is training, not conversion: train with quantization aware training, and add the model with --also",
    "int8-asymmetric-weights": "the runtime's kernels only take symmetric weights; int8 has asymmetric activations",
    "int8-per-channel-activations": "the runtime's tensors have one activation scale each; take int16x8",
    "blockwise": "the runtime has blockwise kernels for fully connected layers only, and detectors have none",
}
"""What is asked for elsewhere and can't be had here, and why."""

SWEEP = (
    "float16,dynamic,weight-int8,weight-int4,int8,int8@moving-average,int8@percentile,int8@entropy,int8@mse,"
    "int8-symmetric,int8-per-tensor,int16x8,mixed"
)
"""What a sweep tries where nothing is named."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A recipe and how its activation ranges are chosen: ``int8@entropy``."""

    recipe: Recipe
    calibration: str

    @property
    def name(self) -> str:
        """As it is typed; what is the default isn't said."""
        named = self.recipe.calibrated and self.calibration != "min-max"
        return f"{self.recipe.name}@{self.calibration}" if named else self.recipe.name

    @property
    def stem(self) -> str:
        """For file names."""
        return self.name.replace("@", "-")


def choose(text: str, calibration: str = "min-max") -> Choice:
    """The recipe of a name such as ``int8`` or ``int8@percentile``.

    >>> choose("int8@entropy").calibration
    'entropy'

    Args:
        text: a name of :data:`RECIPES`, and after ``@`` one of :data:`METHODS`.
        calibration: the method where the text has none.

    Raises:
        ConfigError: there is no such recipe or method, or it can't be had and why.
    """
    name, _, method = text.strip().partition("@")
    method = method or calibration
    if name in REFUSED:
        raise ConfigError(f"--recipe: {name}: can't be made: {REFUSED[name]}")
    if name not in RECIPES:
        raise ConfigError(f"--recipe: {name!r}: no such recipe; there are {', '.join(RECIPES)}")
    if method not in METHODS:
        raise ConfigError(f"--calibration: {method!r}: no such method; there are {', '.join(METHODS)}")
    return Choice(RECIPES[name], method)
