"""Detection heads: what a model's outputs mean, told from names, shapes, types, ranges and metadata.

Each module knows one family and offers ``match(clues)``: a :class:`Head`, or the reason why the model isn't of it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import HeadError
from edgedet.inference.heads.clues import Clues
from edgedet.inference.runtime import Tensor

_FAMILIES = ("postprocess", "efficientdet", "yolo", "ssd")

Outputs = Callable[[Tensor], NDArray[Any]]
"""Gives an output's memory as it stands after the last run."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Possible objects, in no order: boxes float32 (N, 4) x1, y1, x2, y2 as fractions of the model's input,
    scores float32 (N,), class_ids int32 (N,)."""

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int32]


class Head(Protocol):
    """Reads a model's outputs.

    Attributes:
        name: the family, as ``edgedet inspect`` shows it.
        classes: how many the model tells apart, without background; None if its outputs don't say.
        num_anchors: how many boxes it predicts before suppression; None if its outputs don't say.
        needs_nms: False if the model has already suppressed overlapping boxes.
    """

    name: str
    classes: int | None
    num_anchors: int | None
    needs_nms: bool

    def decode(self, output: Outputs, limits: NDArray[np.float32]) -> Candidates:
        """The boxes whose score reaches their class's limit, copied out of the outputs' memory.

        Args:
            output: where the outputs lie.
            limits: float32 (classes,): the lowest score kept of each class.
        """


def recognise(clues: Clues) -> Head:
    """The head of a model.

    Raises:
        HeadError: it fits none, with what was seen and why each family was ruled out.
    """
    reasons = []
    for family in _FAMILIES:
        found = importlib.import_module(f"edgedet.inference.heads.{family}").match(clues)
        if not isinstance(found, str):
            head: Head = found
            return head
        reasons.append(f"{family}: {found}")
    seen = ", ".join(map(str, clues.outputs))
    raise HeadError(f"{clues.path}: not a detector that edgedet knows; its outputs are {seen} ({'; '.join(reasons)})")
