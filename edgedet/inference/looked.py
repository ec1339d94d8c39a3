"""A frame that the model has run on, whose objects may be worked out later, by another thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.kept import Limits
from edgedet.inference.runtime import Runtime, Tensor
from edgedet.types import Detections

Decode = Callable[[Callable[[Tensor], NDArray[Any]], Limits | None], Detections]
"""Makes detections of a model's outputs, keeping what these limits say; None: the detector's own."""


class Looked(Protocol):
    """A frame that was looked at; what was seen in it isn't worked out yet."""

    def found(self, limits: Limits | None = None) -> tuple[Detections, dict[str, float]]:
        """What is in the frame, and the seconds ``preprocess``, ``invoke`` and ``decode`` took.

        Only one thread may work out what one detector saw.

        Args:
            limits: what is kept; None: as the detector is.
        """


class RawOutputs:
    """A :class:`Looked` that has a copy of the model's outputs: the model may run on the next frame meanwhile.

    Args:
        runtime: the model, which has just run.
        decode: what makes detections of its outputs.
        seconds: what its steps took so far.
    """

    def __init__(self, runtime: Runtime, decode: Decode, seconds: dict[str, float]) -> None:
        self._decode, self._seconds = decode, seconds
        self._outputs = {each.index: np.array(runtime.output(each)) for each in runtime.outputs}

    def found(self, limits: Limits | None = None) -> tuple[Detections, dict[str, float]]:
        """See :class:`Looked`."""
        start = time.perf_counter()
        detections = self._decode(lambda tensor: self._outputs[tensor.index], limits)
        return detections, {**self._seconds, "decode": time.perf_counter() - start}
