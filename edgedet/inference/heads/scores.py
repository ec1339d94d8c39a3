"""Scores and the limits they must reach, compared before anything is dequantized.

A quantized tensor has at most 65,536 values. What each means as a probability is one table; the lowest element
that reaches a limit is one number; so thousands of scores are sifted as integers and only survivors are looked up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.runtime import Tensor


def sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / (1 + e^-x), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * values)), np.float32)


class ScoreReader:
    """Turns elements of a score tensor into probabilities.

    Args:
        tensor: the scores' tensor.
        logits: True if they are still to go through a sigmoid.
    """

    def __init__(self, tensor: Tensor, logits: bool) -> None:
        self._tensor = tensor
        self._logits = logits
        self._table: NDArray[np.float32] | None = None
        if tensor.scale and tensor.dtype.itemsize <= 2:
            limits = np.iinfo(tensor.dtype)
            self._lowest = int(limits.min)
            self._table = self._real(np.arange(limits.min, limits.max + 1))

    def _real(self, elements: NDArray[Any]) -> NDArray[np.float32]:
        values = self._tensor.dequantize(elements)
        return sigmoid(values) if self._logits else values

    def __call__(self, elements: NDArray[Any]) -> NDArray[np.float32]:
        """Probabilities, float32, of these elements."""
        if self._table is None:
            return self._real(elements)
        return self._table[elements.astype(np.int32) - self._lowest]

    def limits(self, probabilities: NDArray[np.float32]) -> NDArray[Any]:
        """The lowest element that means at least this probability, for each; compare with ``elements >= limit``."""
        if self._table is not None:
            return self._lowest + np.searchsorted(self._table, probabilities).astype(np.int32)
        if not self._logits:
            return probabilities
        with np.errstate(divide="ignore"):
            p = probabilities.astype(np.float64)
            return (np.log(p) - np.log1p(-p)).astype(np.float32)
