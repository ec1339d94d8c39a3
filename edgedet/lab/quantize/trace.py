"""Runs a model and shows what every tensor held."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.lab import require

Values = NDArray[np.float32]


class Trace:
    """A model whose every tensor can be read after a run. Its operators run one by one, so it is slow.

    Args:
        content: the bytes of a float or quantized TFLite model with one input.

    Attributes:
        activations: names of the tensors that operators write, with real values, in no order.
    """

    def __init__(self, content: bytes) -> None:
        self._interpreter = _interpreter(content, preserve=True)
        details = self._interpreter.get_tensor_details()
        written = {int(i) for operator in self._interpreter._get_ops_details() for i in operator["outputs"]}
        self._input = self._interpreter.get_input_details()[0]
        written.add(int(self._input["index"]))
        self._details = {
            str(d["name"]): d for d in details if int(d["index"]) in written and d["dtype"] in _REAL and d["name"]
        }
        self._constants = {str(d["name"]): d for d in details if int(d["index"]) not in written and d["name"]}

    @property
    def activations(self) -> list[str]:
        """See the class."""
        return list(self._details)

    def run(self, picture: Values) -> None:
        """Run once; ``picture`` is the input's real values, float32 (1, H, W, C)."""
        self._interpreter.set_tensor(self._input["index"], _elements(picture, self._input))
        self._interpreter.invoke()

    def stored(self, name: str) -> NDArray[Any]:
        """A tensor's elements as they are stored, after :meth:`run`."""
        return self._interpreter.get_tensor(int(self._detail(name)["index"]))

    def real(self, name: str) -> Values:
        """A tensor's real values: dequantized if it has a scale."""
        return dequantized(self.stored(name), self._detail(name))

    def limits(self, name: str) -> tuple[float, float] | None:
        """The real values that a quantized tensor's lowest and highest element mean; None for a float one."""
        detail = self._detail(name)
        scale, zero_point = detail["quantization"]
        if not scale or not np.issubdtype(detail["dtype"], np.integer):
            return None
        ends = np.iinfo(detail["dtype"])
        return (ends.min - zero_point) * scale, (ends.max - zero_point) * scale

    def output_names(self) -> list[str]:
        """The outputs' tensors."""
        return [str(d["name"]) for d in self._interpreter.get_output_details()]

    def scales(self, name: str) -> NDArray[np.float32]:
        """The scales of a tensor, one or one for each channel; none if it isn't quantized."""
        return np.asarray(self._detail(name)["quantization_parameters"]["scales"], np.float32)

    def has(self, name: str) -> bool:
        """Whether the model has a tensor of this name."""
        return name in self._details or name in self._constants

    def _detail(self, name: str) -> dict[str, Any]:
        return self._details[name] if name in self._details else self._constants[name]


_REAL = (np.float32, np.float16, np.int8, np.int16, np.uint8)


def dequantized(values: NDArray[Any], detail: dict[str, Any]) -> Values:
    """Real values of a tensor's elements, by its interpreter's details; per channel where they are so."""
    scales = np.asarray(detail["quantization_parameters"]["scales"], np.float32)
    if not len(scales) or values.dtype.kind == "f":
        return values.astype(np.float32, copy=False)
    zero_points = np.asarray(detail["quantization_parameters"]["zero_points"], np.float32)
    if len(scales) > 1:
        shape = [1] * values.ndim
        shape[int(detail["quantization_parameters"]["quantized_dimension"])] = -1
        scales, zero_points = scales.reshape(shape), zero_points.reshape(shape)
    return np.asarray((values.astype(np.float32) - zero_points) * scales, np.float32)


class Outputs:
    """A model of which only the outputs are read; it runs as fast as it can.

    Args:
        content: the bytes of a float or quantized TFLite model with one input.
        instead: names of other tensors that are read in their place; then it runs as slowly as a :class:`Trace`.
    """

    def __init__(self, content: bytes, instead: Sequence[str] = ()) -> None:
        self._interpreter = _interpreter(content, preserve=bool(instead))
        self._instead = instead

    def of(self, pictures: Iterable[Values]) -> list[list[Values]]:
        """For each output, its real values for each picture, float32 (1, H, W, C)."""
        source = self._interpreter.get_input_details()[0]
        details = self._interpreter.get_output_details()
        if self._instead:
            by_name = {detail["name"]: detail for detail in self._interpreter.get_tensor_details()}
            details = [by_name[name] for name in self._instead]
        found: list[list[Values]] = [[] for _ in details]
        for picture in pictures:
            self._interpreter.set_tensor(source["index"], _elements(picture, source))
            self._interpreter.invoke()
            for values, detail in zip(found, details, strict=True):
                values.append(dequantized(self._interpreter.get_tensor(detail["index"]), detail))
        return found


def _interpreter(content: bytes, preserve: bool) -> Any:
    package = require("ai_edge_litert.interpreter")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that preserving tensors is for debugging only: this is
        interpreter = package.Interpreter(
            model_content=content, num_threads=1, experimental_preserve_all_tensors=preserve
        )
    interpreter.allocate_tensors()
    return interpreter


def _elements(picture: Values, detail: dict[str, Any]) -> NDArray[Any]:
    """An input's elements for these real values."""
    scale, zero_point = detail["quantization"]
    values: NDArray[Any] = picture
    if scale:
        limits = np.iinfo(detail["dtype"])
        values = np.clip(np.round(picture / np.float32(scale)) + zero_point, limits.min, limits.max)
    return values.astype(detail["dtype"])
