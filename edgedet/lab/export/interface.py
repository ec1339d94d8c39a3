"""What a TFLite model takes and gives: float, uint8 or int8 pictures in; int8 or float results out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgedet.errors import ModelError
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.kinds import FLOAT32, Kind

INPUTS = ("float32", "uint8", "int8")
_LOWEST = {"uint8": 0, "int8": -128}
_HALF = np.float32(127.5)
_TF_PIXELS = Kind("uint8", 1 / 127.5, 128)


@dataclass(frozen=True, slots=True)
class Normalisation:
    """How a pixel becomes the input tensor's real value: (pixel - mean) / std."""

    mean: float = 127.5
    std: float = 127.5


def with_input(model: bytes, dtype: str) -> tuple[bytes, Normalisation]:
    """A model that takes its pictures in another type.

    * A float model that is to take whole numbers gets them as pixels (uint8: 0 to 255; int8: 128 less), which it scales
      itself: ``DEQUANTIZE``, ``SUB``, ``DIV``.
    * An int8 model that is to take uint8 gets a ``QUANTIZE``: with the same scale and a zero point 128 higher nothing
      is lost. Raw pixels, which most programs write into such an input, are then what it should see, to half a step.
    * An int8 or uint8 model that is to take float32 gets a ``QUANTIZE`` as well.

    Args:
        model: a TFLite model with one picture, -1 to 1, as its input.
        dtype: ``float32``, ``uint8`` or ``int8``.

    Returns:
        The model, and how pixels are to be normalised for it.

    Raises:
        ModelError: the model doesn't take one picture in one of these types.
    """
    graph = Graph(model)
    if len(graph.inputs) != 1 or dtype not in INPUTS:
        raise ModelError(
            f"{len(graph.inputs)} inputs, wanted as {dtype}; one picture as {', '.join(INPUTS)} can be had"
        )
    old = graph.inputs[0]
    kind = graph.kind(old)
    if kind.dtype not in INPUTS or (kind.dtype != "float32" and not kind.scale):
        raise ModelError(f"its input is {kind.dtype} and can't be made {dtype}")
    if kind.dtype != dtype and dtype == "float32" and kind.scale == 1:
        raise ModelError("it scales whole pixels itself; export the model it was made of as float32")
    if kind.dtype != dtype:
        name = graph.name(old)
        graph.rename(old, f"{name}_{kind.dtype}")
        if kind.dtype == "float32":
            kind = Kind(dtype, 1.0, _LOWEST[dtype])
            _scale_pixels(graph, old, graph.tensor(graph.shape(old), kind, name))
        else:
            kind = FLOAT32 if dtype == "float32" else _of_pixels(kind, dtype)
            _front(graph, "QUANTIZE", graph.tensor(graph.shape(old), kind, name), old)
        model = graph.pack()
    return model, normalisation(kind)


def normalisation(kind: Kind) -> Normalisation:
    """How pixels are normalised for an input of a model that sees -1 to 1 inside."""
    if kind.scale == 1:
        return Normalisation(0.0, 1.0)
    if kind.dtype == "uint8":  # pixels as they are: no half steps to be rounded up here and down there
        return Normalisation(float(kind.zero_point), round(1 / kind.scale, 3))
    return Normalisation()


def with_float_outputs(model: bytes) -> bytes:
    """A model whose quantized outputs are float32: each gets a ``DEQUANTIZE`` and keeps its name and place."""
    graph = Graph(model)
    outputs = {}
    for old in graph.outputs:
        name = graph.name(old)
        outputs[name] = old if graph.kind(old) == FLOAT32 else dequantized(graph, old)
    graph.set_outputs(outputs)
    return graph.pack()


def dequantized(graph: Graph, tensor: int) -> int:
    """A float32 tensor of a quantized tensor's real values and with its name; a float32 one is returned itself."""
    kind, name = graph.kind(tensor), graph.name(tensor)
    if kind == FLOAT32:
        return tensor
    graph.rename(tensor, f"{name}_{kind.dtype}")
    real = graph.tensor(graph.shape(tensor), FLOAT32, name)
    graph.op("DEQUANTIZE", [tensor], [real], version=1 if kind.dtype == "uint8" else 2)
    return real


def _of_pixels(kind: Kind, dtype: str) -> Kind:
    """The same real values in the other 8-bit type, if raw pixels fit it to a step; else one that they do fit."""
    moved = Kind(dtype, kind.scale, kind.zero_point + _LOWEST[dtype] - _LOWEST[kind.dtype])
    if kind.scale == 1:
        return moved
    pixels = np.arange(256) + _LOWEST[dtype]
    seen = (pixels - moved.zero_point) * moved.scale
    if np.abs(seen - np.linspace(-1, 1, 256)).max() <= kind.scale:
        return moved
    return Kind(dtype, _TF_PIXELS.scale, _TF_PIXELS.zero_point + _LOWEST[dtype])


def _front(graph: Graph, operator: str, new: int, old: int) -> None:
    """Make ``new`` the input, and what was the input computed from it by one operator."""
    graph.op(operator, [new], [old], at=0)
    graph.set_input("image", new)


def _scale_pixels(graph: Graph, image: int, pixels: int) -> None:
    shape = graph.shape(image)
    half = graph.constant(np.array(_HALF), "127.5")
    real = graph.tensor(shape, FLOAT32, "pixels")
    centred = graph.tensor(shape, FLOAT32, "pixels_centred")
    graph.op("DIV", [centred, half], [image], at=0)
    graph.op("SUB", [real, half], [centred], at=0)
    graph.op("DEQUANTIZE", [pixels], [real], version=2, at=0)
    graph.set_input("image", pixels)
