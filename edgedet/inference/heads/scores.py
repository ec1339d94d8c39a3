"""Scores and the limits they must reach, compared before anything is dequantized.

A quantized tensor has at most 65,536 values. What each means as a probability is one table; the lowest element
that reaches a limit is one number; so thousands of scores are sifted as integers and only survivors are looked up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.runtime import Tensor

Places = NDArray[np.intp]


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
        self._latest: tuple[NDArray[np.float32], NDArray[Any]] = (np.zeros(0, np.float32), np.zeros((0, 0)))

    def _real(self, elements: NDArray[Any]) -> NDArray[np.float32]:
        values = self._tensor.dequantize(elements)
        return sigmoid(values) if self._logits else values

    def __call__(self, elements: NDArray[Any]) -> NDArray[np.float32]:
        """Probabilities, float32, of these elements."""
        if self._table is None:
            return self._real(elements)
        return self._table[elements.astype(np.int32) - self._lowest]

    def reaching(self, elements: NDArray[Any], probabilities: NDArray[np.float32]) -> tuple[Places, Places]:
        """Rows and columns of the elements, (N, C), that mean at least the probability of their column, (C,)."""
        given, limits = self._latest
        if given is not probabilities or limits.shape != elements.shape:  # it is the same one for every frame
            # one for each element: NumPy compares rows of a few columns one by one, twenty times as slowly
            limits = np.tile(self.limits(probabilities), (len(elements), 1))
            self._latest = (probabilities, limits)
        # counted through: NumPy takes many times as long for places in two dimensions
        rows, columns = np.divmod(np.flatnonzero(elements >= limits), elements.shape[1])
        return rows, columns

    def limits(self, probabilities: NDArray[np.float32]) -> NDArray[Any]:
        """The lowest element that means at least this probability, for each; compare with ``elements >= limit``."""
        if self._table is not None:
            lowest = self._lowest + np.searchsorted(self._table, probabilities)
            fits = lowest.max(initial=0) <= np.iinfo(self._tensor.dtype).max  # of one type they compare faster
            return lowest.astype(self._tensor.dtype if fits else np.int32)
        if not self._logits:
            return probabilities
        with np.errstate(divide="ignore"):
            p = probabilities.astype(np.float64)
            return (np.log(p) - np.log1p(-p)).astype(np.float32)
