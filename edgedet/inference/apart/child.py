"""The process that runs a model: ``python -m edgedet.inference.apart.child``, started by :mod:`.process`.

It ends with its parent: when the line is closed, and by the kernel's hand where it can't hear of that.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edgedet.errors import ModelError
from edgedet.inference.apart import sandbox
from edgedet.inference.apart.hello import Hello, one_line, refusal
from edgedet.inference.apart.memory import SharedTensors
from edgedet.inference.apart.process import DONE, FAILED, Launch
from edgedet.inference.runtime import Runtime, open_runtime

_PR_SET_PDEATHSIG = 1

OOM_SCORE = 500
"""Added to what the kernel chooses by when memory runs out, of 1000: this process goes before the camera."""


class Notes(logging.Handler):
    """Keeps what is logged, for the parent to say it in its own log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.kept: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        note = (record.levelno, record.getMessage())
        if note not in self.kept:
            self.kept.append(note)


def main(opener: Callable[..., Runtime] = open_runtime) -> None:
    """Load the model that the arguments name, and run it whenever the bell rings. Doesn't return.

    Args:
        opener: opens it, as :func:`edgedet.inference.runtime.open_runtime` does.
    """
    line, memory = int(sys.argv[1]), int(sys.argv[2])
    launch = Launch.of(sys.argv[3:])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # sent to all at once: the parent says when
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE))
    logging.getLogger().addHandler(notes := Notes())
    logging.getLogger().setLevel(logging.INFO)
    try:
        runtime, layers, missing = _open(launch, opener)
    except Exception as error:  # a damaged file can make the interpreter's Python side fail anywhere
        os.write(line, refusal(_reason(launch.model, error)))
        os._exit(1)
    hello = Hello(
        *(runtime.name, runtime.threads, runtime.inputs, runtime.outputs),
        *(tuple(layers), tuple(missing), tuple(notes.kept)),
    )
    os.write(line, hello.to_bytes())
    if os.read(line, 1):
        _serve(runtime, SharedTensors(memory, hello, new=False), line, launch.model)
    os._exit(0)


def _open(launch: Launch, opener: Callable[..., Runtime]) -> tuple[Runtime, list[str], list[str]]:
    """The model in its interpreter; before that, where nobody vouches for it, the sandbox's layers around both."""
    if not launch.sandbox:
        end_with_parent()
        return opener(launch.model, launch.runtime, launch.threads, launch.delegate, launch.fallback), [], []
    from edgedet.inference.card import default_model  # takes longer to import than all the rest

    content = launch.model.read_bytes()
    # a model that is known makes the interpreter load its libraries and ask what the processor can do
    open_runtime(default_model(), launch.runtime, 1).invoke()
    try:
        layers, missing = sandbox.enter(launch.threads)
    except OSError as error:
        raise ModelError(
            f"{launch.model}: there can be no sandbox here ({error.strerror or error}); model.isolate = "
            '"process" runs it without one'
        ) from None
    end_with_parent()
    return opener(launch.model, launch.runtime, launch.threads, content=content), layers, missing


def end_with_parent() -> None:
    """Have the kernel end this process when its parent's thread ends; forgotten where credentials change."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _serve(runtime: Runtime, tensors: SharedTensors, line: int, model: Path) -> None:
    """Until the line is closed: take the input, run, leave the outputs."""
    shared = [tensor for tensor in runtime.outputs if tensor.index in tensors.outputs]
    while os.read(line, 1):
        answer = DONE
        try:
            np.copyto(runtime.input(), tensors.input)
            runtime.invoke()
            for tensor in shared:
                np.copyto(tensors.outputs[tensor.index], runtime.output(tensor))
        except Exception as error:
            answer = FAILED + _reason(model, error).encode()
        os.write(line, answer)


def _reason(model: Path, error: Exception) -> str:
    """One line that names the model, and what to do where the error doesn't say."""
    if isinstance(error, ModelError | ImportError):
        return one_line(error)
    if isinstance(error, MemoryError):
        return f"{model}: needs more memory than there is; use a smaller model"
    reason = one_line(f"{type(error).__name__}: {error}")
    return f"{model}: can't be run ({reason}); it is damaged or no detector: get it again"


if __name__ == "__main__":
    main()
