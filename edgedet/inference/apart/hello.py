"""What the child says of itself once its model is loaded; a hostile one may say anything."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgedet.inference.runtime import Tensor

MOST_BYTES = 1 << 16
"""Bytes of the longest message: that of a model with dozens of outputs has a few thousand."""

MOST_TENSORS = 64
_REFUSED = b"!"
_KINDS = {"uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"}
_KINDS |= {"bool", "complex64", "complex128", "object"}


@dataclass(frozen=True, slots=True)
class Hello:
    """A model that is loaded in a child.

    Attributes:
        name: of the interpreter and its version.
        threads: how many it computes with.
        inputs, outputs: the model's tensors.
        layers: what keeps the child in its sandbox, by name; empty without one.
        missing: what could not be had for it, each with the reason.
        notes: what was logged meanwhile, level and text.
    """

    name: str
    threads: int
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()

    def to_bytes(self) -> bytes:
        """As it is sent."""
        return json.dumps(
            {
                "name": self.name,
                "threads": self.threads,
                "inputs": [_to_list(tensor) for tensor in self.inputs],
                "outputs": [_to_list(tensor) for tensor in self.outputs],
                "layers": self.layers,
                "missing": self.missing,
                "notes": self.notes,
            }
        ).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> Hello:
        """What was sent.

        Raises:
            ValueError: it makes no sense.
        """
        try:
            said = json.loads(message)
            return cls(
                one_line(said["name"]),
                int(said["threads"]),
                _tensors(said["inputs"]),
                _tensors(said["outputs"]),
                tuple(one_line(text) for text in said["layers"]),
                tuple(one_line(text) for text in said["missing"]),
                tuple((int(level), one_line(text)) for level, text in said["notes"]),
            )
        except (KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None


def _to_list(tensor: Tensor) -> list[Any]:
    dtype = tensor.dtype.name if tensor.dtype.name in _KINDS else "object"  # texts, say: nothing that could be shared
    return [tensor.index, tensor.name, tensor.shape, dtype, tensor.scale, tensor.zero_point]


def _tensors(said: Sequence[Any]) -> tuple[Tensor, ...]:
    if len(said) > MOST_TENSORS:
        raise ValueError(f"{len(said)} tensors; at most {MOST_TENSORS}")
    return tuple(_tensor(*each) for each in said)


def _tensor(index: int, name: str, shape: Sequence[int], dtype: str, scale: float, zero_point: int) -> Tensor:
    sides = tuple(int(side) for side in shape)
    if len(sides) > 8 or any(side < 0 for side in sides):
        raise ValueError(f"a tensor of shape {sides}")
    if dtype not in _KINDS:
        raise ValueError(f"a tensor of {one_line(dtype)}")
    if not math.isfinite(scale):
        raise ValueError(f"a tensor's scale is {scale}")
    return Tensor(int(index), one_line(name), sides, np.dtype(dtype), float(scale), int(zero_point))


def one_line(text: object) -> str:
    """A text that may stand in a log: one line, printable, not endless."""
    return "".join(c if c.isprintable() else " " for c in " ".join(str(text).split())[:600])


def refused(message: bytes) -> str | None:
    """Why the child couldn't load its model, if that is what it says instead."""
    return one_line(message[1:].decode("utf-8", "replace")) if message[:1] == _REFUSED else None


def refusal(reason: str) -> bytes:
    """The message that says why a model can't be loaded."""
    return _REFUSED + reason.encode("utf-8", "replace")
