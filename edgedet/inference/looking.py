"""One frame on its way through a model, so that two can be on the way: one in the model, one before or after it.

    detector.begin(frame) -> the model runs in a thread of its own -> wait() -> found()

Between ``begin`` and ``wait`` whoever began it does something else: what the model found in the frame before is worked
out, tracked and told while it runs on the next. A model's run lets go of Python's lock, so both really happen at once.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.kept import Limits
from edgedet.inference.runtime import Runtime, Tensor
from edgedet.types import Detections

Decode = Callable[[Callable[[Tensor], NDArray[Any]], Limits | None], Detections]
"""Makes detections of a model's outputs, keeping what these limits say; None: the detector's own."""


class Looking(Protocol):
    """A frame that is being looked at."""

    def wait(self) -> None:
        """Until the model is through with it; then it may begin with the next frame.

        Raises:
            ModelError: the model can't be run; of its kinds, InferenceLost: its process is gone.
        """

    def found(self, limits: Limits | None = None) -> tuple[Detections, dict[str, float]]:
        """What is in the frame, after :meth:`wait`; and the seconds ``preprocess``, ``invoke`` and ``decode`` took."""


class Invoker:
    """Runs a model in a thread of its own, which ends with this object.

    Args:
        runtime: the model; nobody else may use it between :meth:`start` and :meth:`wait`.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._answers: SimpleQueue[float | BaseException] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Have it run once."""
        if self._thread is None:
            queues = (self._asked, self._answers)
            self._thread = threading.Thread(target=_serve, args=queues, name="invoke", daemon=True)
            self._thread.start()
            weakref.finalize(self, self._asked.put, None)
        self._asked.put(self._runtime.invoke)

    def wait(self) -> float:
        """Until it has run: how many seconds that took. Raises what the run raised."""
        answer = self._answers.get()
        if isinstance(answer, BaseException):
            raise answer
        return answer


def _serve(asked: SimpleQueue[Callable[[], None] | None], answers: SimpleQueue[float | BaseException]) -> None:
    while (invoke := asked.get()) is not None:
        start = time.perf_counter()
        try:
            invoke()
        except BaseException as error:
            answers.put(error)
        else:
            answers.put(time.perf_counter() - start)
        del invoke  # it holds the model, which may be closed meanwhile


class InModel:
    """A :class:`Looking` whose frame is in the model's input.

    Args:
        runtime, invoker: the model, running.
        decode: what makes detections of its outputs.
        preprocess_s: seconds that writing the input took.
    """

    def __init__(self, runtime: Runtime, invoker: Invoker, decode: Decode, preprocess_s: float) -> None:
        self._runtime, self._invoker, self._decode = runtime, invoker, decode
        self._seconds = {"preprocess": preprocess_s}
        self._outputs: dict[int, NDArray[Any]] = {}

    def wait(self) -> None:
        """See :class:`Looking`."""
        self._seconds["invoke"] = self._invoker.wait()
        self._outputs = {each.index: np.array(self._runtime.output(each)) for each in self._runtime.outputs}

    def found(self, limits: Limits | None = None) -> tuple[Detections, dict[str, float]]:
        """See :class:`Looking`."""
        start = time.perf_counter()
        detections = self._decode(lambda tensor: self._outputs[tensor.index], limits)
        return detections, {**self._seconds, "decode": time.perf_counter() - start}
