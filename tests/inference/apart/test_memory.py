"""The memory that two processes share."""

from __future__ import annotations

import fcntl
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.inference.apart.hello import Hello
from edgedet.inference.apart.memory import ALIGNMENT, SharedTensors, new_memory
from edgedet.inference.runtime import Tensor

DTYPES = ("uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool", "object")
SHAPES = st.lists(st.integers(0, 9), max_size=4).map(tuple)


def hello_of(shapes: list[tuple[int, ...]], dtypes: list[str]) -> Hello:
    first, *others = [
        Tensor(index, f"t{index}", shape, np.dtype(dtype), 0.0, 0)
        for index, (shape, dtype) in enumerate(zip(shapes, dtypes, strict=True))
    ]
    return Hello("test", 1, (first,), tuple(others))


@given(st.lists(st.tuples(SHAPES, st.sampled_from(DTYPES)), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_what_one_side_writes_the_other_reads(tensors: list[tuple[tuple[int, ...], str]], seed: int) -> None:
    hello = hello_of([shape for shape, _ in tensors], ["uint8", *[dtype for _, dtype in tensors[1:]]])
    fd = new_memory()
    try:
        parent, child = SharedTensors(fd, hello, new=True), SharedTensors(fd, hello, new=False)
    finally:
        os.close(fd)
    random = np.random.default_rng(seed)
    ours, theirs = [parent.input, *parent.outputs.values()], [child.input, *child.outputs.values()]
    written = [random.integers(0, 2, each.shape).astype(each.dtype) for each in ours]
    for array, values in zip(ours, written, strict=True):
        array[...] = values
    for array, values in zip(theirs, written, strict=True):  # read after all were written: none lies over another
        np.testing.assert_array_equal(array, values)
        assert not array.size or array.ctypes.data % ALIGNMENT == 0
    assert [tensor.index for tensor in hello.outputs if tensor.dtype != object] == list(parent.outputs)


def test_its_size_is_sealed() -> None:
    fd = new_memory()
    SharedTensors(fd, hello_of([(1, 4)], ["uint8"]), new=True)
    with pytest.raises(PermissionError):
        os.ftruncate(fd, 0)
    with pytest.raises(PermissionError):
        os.ftruncate(fd, 1 << 20)
    with pytest.raises(PermissionError):
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)
    os.close(fd)


def test_a_child_that_was_quicker_is_found_out() -> None:
    fd = new_memory()
    os.ftruncate(fd, 1 << 20)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    with pytest.raises((ValueError, PermissionError)):
        SharedTensors(fd, hello_of([(1, 4)], ["uint8"]), new=True)
    os.close(fd)


def test_too_much_is_refused() -> None:
    fd = new_memory()
    with pytest.raises(ValueError, match="MiB"):
        SharedTensors(fd, hello_of([(1, 1 << 40)], ["uint8"]), new=True)
    os.close(fd)
