"""The memory that both processes map: the model's input and its outputs, one behind the other.

It is a memfd_create(2): it has no name that could be left behind, and is gone with the last of the two. Its size is
sealed (fcntl(2), F_ADD_SEALS), as a child that shrank it would take its parent down with SIGBUS.
"""

from __future__ import annotations

import fcntl
import math
import mmap
import os
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.apart.hello import Hello
from edgedet.inference.runtime import Tensor

ALIGNMENT = 64
"""Bytes at whose multiples each tensor begins: a cache line, and enough for every vector instruction."""

MOST_BYTES = 256 << 20
"""Bytes a model's input and outputs may take in all: those of a detector take less than ten millions."""

_NUMBERS = "iufb"


class SharedTensors:
    """The first input and all outputs of a model, in memory that two processes share.

    Args:
        fd: the memory; it may be closed afterwards.
        hello: the tensors.
        new: size and seal it first; False: as it is, by the one who was given it.

    Attributes:
        input: the first input, to write into.
        outputs: each output by its index; none of those that aren't of numbers.

    Raises:
        ValueError: it isn't of the size that the tensors take, or they take too much.
    """

    def __init__(self, fd: int, hello: Hello, *, new: bool) -> None:
        shared = [*hello.inputs[:1], *(tensor for tensor in hello.outputs if is_shared(tensor))]
        starts = list(accumulate((_room(tensor) for tensor in shared), initial=0))
        size = max(starts[-1], mmap.PAGESIZE)  # nothing can't be mapped
        if size > MOST_BYTES:
            raise ValueError(f"its input and outputs take {size >> 20} MiB; at most {MOST_BYTES >> 20}")
        if new:
            os.ftruncate(fd, size)
            fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
            if os.fstat(fd).st_size != size:  # asked once it is sealed: the other end may have been quicker
                raise ValueError("its memory isn't of the size that was agreed on")
        memory = mmap.mmap(fd, size)  # unmapped with the last array
        views = [_view(memory, tensor, start) for tensor, start in zip(shared, starts, strict=False)]
        count = len(hello.inputs[:1])
        self.input = views[0] if count else np.empty(0)
        self.outputs = {tensor.index: view for tensor, view in zip(shared[count:], views[count:], strict=True)}


def new_memory() -> int:
    """A file descriptor of memory that has no size yet and may be sealed."""
    return os.memfd_create("edgedet-tensors", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)


def is_shared(tensor: Tensor) -> bool:
    """Whether it is of numbers; others no head can read, and memory can't hold."""
    return tensor.dtype.kind in _NUMBERS


def _room(tensor: Tensor) -> int:
    """Bytes it takes, up to where the next one may begin."""
    size = math.prod(tensor.shape) * tensor.dtype.itemsize if is_shared(tensor) else 0
    return -(-size // ALIGNMENT) * ALIGNMENT


def _view(memory: mmap.mmap, tensor: Tensor, start: int) -> NDArray[Any]:
    if not is_shared(tensor):
        return np.empty(0)
    return np.frombuffer(memory, tensor.dtype, math.prod(tensor.shape), start).reshape(tensor.shape)
