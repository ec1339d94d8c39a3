"""What there is to tell a model's head by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.card import Card
from edgedet.inference.flatfile import ModelFile
from edgedet.inference.runtime import Tensor


@dataclass(frozen=True, slots=True)
class Clues:
    """Everything known about a model before its head is.

    Attributes:
        model: what its file says.
        card: what its card says.
        outputs: its output tensors.
        samples: for each output (by tensor index) its real values from a few runs on noise, (runs, *shape).
        input_size: (width, height) of its input.
        classes: how many labels it has, its background not counted; None without labels.
    """

    model: ModelFile
    card: Card
    outputs: tuple[Tensor, ...]
    samples: Mapping[int, NDArray[np.float32]]
    input_size: tuple[int, int]
    classes: int | None

    @property
    def path(self) -> Path:
        """The model's file."""
        return self.model.path

    def named(self, *words: str) -> list[Tensor]:
        """Outputs with one of these words in their name or in their name in the signature."""
        by_index = {index: name for name, index in self.model.signature_outputs.items()}
        return [
            tensor
            for tensor in self.outputs
            if any(word in f"{tensor.name} {by_index.get(tensor.index, '')}".lower() for word in words)
        ]

    def span(self, tensor: Tensor) -> tuple[float, float]:
        """Lowest and highest real value: what an 8-bit tensor could hold, else what the samples held."""
        if tensor.scale and tensor.dtype.itemsize == 1:
            limits = np.iinfo(tensor.dtype)
            ends = tensor.dequantize(np.array([limits.min, limits.max]))
            return float(ends[0]), float(ends[1])
        values = self.samples[tensor.index]
        values = values[np.isfinite(values)]
        return (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)

    def looks_like_probability(self, tensor: Tensor) -> bool:
        """Whether all its values lie in 0..1."""
        low, high = self.span(tensor)
        return low >= -1e-3 and high <= 1.02


def rows_of(tensor: Tensor, columns: int | None = None) -> int | None:
    """N of an output shaped (1, N, columns), (1, N, 1, columns) or (N, columns); None if it isn't."""
    shape = [n for i, n in enumerate(tensor.shape[:-1]) if n != 1 or i == len(tensor.shape) - 2]
    if not tensor.shape or (columns is not None and tensor.shape[-1] != columns):
        return None
    if len(tensor.shape) == 4 and tensor.shape[2] == 1:
        return tensor.shape[1] if tensor.shape[0] == 1 else None
    if len(tensor.shape) == 3:
        return tensor.shape[1] if tensor.shape[0] == 1 else None
    return shape[0] if len(tensor.shape) == 2 else None


def flat(values: NDArray[Any], columns: int) -> NDArray[Any]:
    """An output's memory as (N, columns)."""
    return values.reshape(-1, columns)
