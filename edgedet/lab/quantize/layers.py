"""A TFLite model with its layers by number."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from edgedet.errors import ConfigError
from edgedet.inference.card import Card, find_card
from edgedet.inference.flatfile import OPERATORS, ModelFile, read_model
from edgedet.inference.probe import ensure_runnable
from edgedet.lab import require

_MOVERS = ("RESHAPE", "TRANSPOSE", "PAD", "PADV2", "SQUEEZE", "EXPAND_DIMS", "SLICE", "STRIDED_SLICE", "SHAPE", "PACK",
           "QUANTIZE", "DEQUANTIZE")  # fmt: skip
"""Operators that only move values or change their type: no error is theirs alone."""
WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED", "BATCH_MATMUL")
"""Operators with weights, in their second input."""


@dataclass(frozen=True, slots=True)
class Layer:
    """An operator of the model.

    Attributes:
        number: its place in the file.
        operator: ``CONV_2D`` and the like.
        output: the name of the tensor it writes.
        shape: that tensor's.
        scope: what ai-edge-quantizer calls it: the names of its outputs.
        weight: the name of its weights' tensor; None without.
    """

    number: int
    operator: str
    output: str
    shape: tuple[int, ...]
    scope: str
    weight: str | None

    @property
    def title(self) -> str:
        """Short and unique: ``52 CONV_2D 10x10x160``."""
        return f"{self.number} {self.operator} {'x'.join(map(str, self.shape[1:] or self.shape))}"


@dataclass(frozen=True)
class LayeredModel:
    """A TFLite model, float or quantized, whose layers can be told apart.

    Attributes:
        file: what the file says of itself.
        content: its bytes.
        card: what its card says; empty without one.
        layers: those that compute something, in the order they run.
        untouched: operators that the quantizer doesn't know, by name: they stay in float.
        handover: names of the tensors that such an operator at the model's end (suppression) reads: what it writes
            stays float too, and can't be compared value by value. Empty where the model ends in others.
    """

    file: ModelFile
    content: bytes
    card: Card
    layers: tuple[Layer, ...]
    untouched: dict[str, int]
    handover: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The model's file."""
        return self.file.path

    @cached_property
    def card_content(self) -> dict[str, Any]:
        """The card as it stands in its file."""
        return json.loads(self.card.path.read_text(encoding="utf-8")) if self.card.path else {}

    @cached_property
    def quantizer(self) -> Any:
        """ai-edge-quantizer's ``Quantizer`` for this model; it makes any number of quantized ones, one by one."""
        return require("ai_edge_quantizer.quantizer").Quantizer(self.content)

    def named(self, texts: Sequence[str]) -> list[Layer]:
        """The layers these numbers or regular expressions (searched for in the output's name) stand for.

        Raises:
            ConfigError: one fits no layer.
        """
        found: list[Layer] = []
        for text in texts:
            try:
                fits = [
                    layer
                    for layer in self.layers
                    if (str(layer.number) == text if text.isdecimal() else re.search(text, layer.output))
                ]
            except re.error as error:
                raise ConfigError(f"--keep: {text!r}: not a regular expression ({error})") from None
            if not fits:
                raise ConfigError(
                    f"--keep: {text!r} is no layer of {self.path}; give a number from: edgedet analyse {self.path}"
                )
            found += fits
        return sorted(set(found), key=lambda layer: layer.number)


def flatbuffer_tools() -> Any:
    """ai-edge-quantizer's module for reading TFLite files. Raises ExtraMissing if it isn't installed."""
    require("ai_edge_quantizer")
    return require("ai_edge_quantizer.utils.tfl_flatbuffer_utils")


def read_layered(path: Path) -> LayeredModel:
    """Read a model, and try whether it runs.

    Raises:
        ModelError: it can't be read or run.
        ExtraMissing: ai-edge-quantizer isn't installed.
    """
    file = read_model(path)
    card = find_card(path, file.sha256)
    flatbuffer = flatbuffer_tools()
    content = path.read_bytes()
    ensure_runnable(path, file.sha256, "litert")
    model = flatbuffer.read_model(content)
    graph = model.subgraphs[0]
    layers: list[Layer] = []
    untouched: Counter[str] = Counter()
    handover: list[str] = []
    for number, operator in enumerate(graph.operators):
        code = model.operatorCodes[operator.opcodeIndex]
        name = operator_name(code)
        if code.builtinCode not in flatbuffer.TFL_OP_CODE_TO_NAME:
            untouched[name] += 1
            if set(map(int, operator.outputs)) & set(map(int, graph.outputs)):
                handover += _written(operator, graph, flatbuffer, model)
        if name not in _MOVERS:
            layers.append(_layer(number, name, operator, graph.tensors, flatbuffer))
    return LayeredModel(file, content, card, tuple(layers), dict(untouched), tuple(handover))


def _written(operator: Any, graph: Any, flatbuffer: Any, model: Any) -> list[str]:
    """The names of an operator's inputs, constants left out."""
    inputs = [graph.tensors[int(i)] for i in operator.inputs if int(i) >= 0]
    return [flatbuffer.get_tensor_name(t) for t in inputs if flatbuffer.get_tensor_data(t, model.buffers) is None]


def _layer(number: int, name: str, operator: Any, tensors: Sequence[Any], flatbuffer: Any) -> Layer:
    output = tensors[int(operator.outputs[0])]
    weight = flatbuffer.get_tensor_name(tensors[int(operator.inputs[1])]) if name in WEIGHTED else None
    shape = tuple(int(n) for n in output.shape)
    scope = flatbuffer.get_op_scope(operator, tensors)
    return Layer(number, name, flatbuffer.get_tensor_name(output), shape, scope, weight)


def operator_name(code: Any) -> str:
    """The name of an operator code, of the flatbuffer's object interface."""
    if code.customCode:
        return str(code.customCode.decode("utf-8", "replace"))
    number = int(code.builtinCode)
    return OPERATORS[number] if number < len(OPERATORS) else f"operator {number}"
