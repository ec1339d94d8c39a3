"""Trying an unknown model in a child process first, since a bad one can take its whole process down.

An interpreter is C++ that trusts the file: an index that points outside kills the process without a word. So a
model seen for the first time is loaded and run by a process of its own (:mod:`edgedet.inference.apart`) before this
one touches it; what passed is remembered by its sha256. Models that come with edgedet are known.
"""

from __future__ import annotations

import logging
import math
import os
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.apart.runtime import open_apart
from edgedet.inference.card import bundled_cards
from edgedet.inference.runtime import Runtime, Tensor, choose_runtime

log = logging.getLogger(__name__)


def ensure_runnable(model: Path, sha256: str, runtime: str, delegate: str = "", fallback: bool = False) -> None:
    """Return if the model can be loaded and run without harm to this process.

    Raises:
        ModelError: the interpreter refuses it, crashes on it or hangs.
    """
    if sha256 in bundled_cards():
        return
    tried = f"{sha256} {choose_runtime(runtime)} {delegate}".strip()
    memory = _memory()
    if tried in _remembered(memory):
        return
    log.info("%s: not seen before; trying it in a process of its own first", model)
    trial = open_apart(model, runtime, 1, delegate, fallback)
    try:
        run_on_noise(trial)
    finally:
        trial.close()
    _remember(memory, tried)


def run_on_noise(runtime: Runtime, runs: int = 2) -> dict[int, NDArray[np.float32]]:
    """For each output, by tensor index, its real values from a few runs on seeded noise: (runs, *shape)."""
    random = Random(0)  # np.random would be 5 MB of libraries, loaded for this alone
    tensor = runtime.inputs[0]
    results: dict[int, list[NDArray[np.float32]]] = {}
    for _ in range(runs):
        runtime.input()[...] = _noise(random, tensor)
        runtime.invoke()
        for output in runtime.outputs:
            if output.dtype.kind in "iufb":
                results.setdefault(output.index, []).append(np.array(output.dequantize(runtime.output(output))))
    return {index: np.stack(values) for index, values in results.items()}


def _noise(random: Random, tensor: Tensor) -> NDArray[Any]:
    """Any value of an integer tensor, -1 to 1 of another."""
    count = math.prod(tensor.shape)
    if tensor.dtype.kind in "iu":
        return np.frombuffer(random.randbytes(count * tensor.dtype.itemsize), tensor.dtype).reshape(tensor.shape)
    if tensor.dtype.kind == "f":
        steps = np.frombuffer(random.randbytes(count * 2), np.int16).reshape(tensor.shape)
        return (steps / np.float32(2**15)).astype(tensor.dtype)
    raise ModelError(f"its input {tensor} isn't of numbers; edgedet runs detectors of pictures")


def _memory() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "edgedet" / "models-tried.txt"


def _remembered(memory: Path) -> list[str]:
    try:
        return memory.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return []


def _remember(memory: Path, tried: str) -> None:
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        with memory.open("a") as file:
            file.write(tried + "\n")
    except OSError as error:
        log.debug("%s: can't be written (%s); the model will be tried again next time", memory, error)
