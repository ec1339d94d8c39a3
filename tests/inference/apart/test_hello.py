"""What a child says of itself is checked before it is believed."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.inference.apart.hello import Hello, one_line, refusal, refused
from edgedet.inference.runtime import Tensor

GOOD = Hello(
    "litert 2.3.0",
    2,
    (Tensor(0, "picture", (1, 320, 320, 3), np.dtype(np.uint8), 0.0078125, 128),),
    (Tensor(7, "boxes", (1, 100, 4), np.dtype(np.float32), 0.0, 0),),
    ("seccomp",),
    ("landlock (not known)",),
    ((30, "running on the CPU"),),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_there_and_back() -> None:
    assert Hello.from_bytes(GOOD.to_bytes()) == GOOD


@given(st.sampled_from(sorted(json.loads(GOOD.to_bytes()))), JSON)
def test_whatever_stands_in_it_is_a_hello_or_a_value_error(key: str, value: object) -> None:
    said = json.loads(GOOD.to_bytes()) | {key: value}
    with contextlib.suppress(ValueError):
        hello = Hello.from_bytes(json.dumps(said).encode())
        assert all(side >= 0 for tensor in (*hello.inputs, *hello.outputs) for side in tensor.shape)


@given(st.binary(max_size=200))
def test_any_bytes(message: bytes) -> None:
    with contextlib.suppress(ValueError):
        Hello.from_bytes(message)


@pytest.mark.parametrize(
    ("place", "value"), [(2, [1, -3]), (2, [1] * 9), (3, "V8"), (3, "datetime64"), (4, float("nan")), (5, "x")]
)
def test_a_tensor_that_cannot_be(place: int, value: object) -> None:
    said = json.loads(GOOD.to_bytes())
    said["inputs"][0][place] = value
    with pytest.raises(ValueError, match=r"tensor|scale|literal|argument"):
        Hello.from_bytes(json.dumps(said).encode())


def test_nothing_of_it_breaks_a_log_line() -> None:
    assert one_line("a\nb\x1b[31m\u202ec") == "a b [31m c"
    assert len(one_line("x" * 10_000)) == 600


def test_a_refusal() -> None:
    assert refused(refusal("model.tflite: no")) == "model.tflite: no"
    assert refused(GOOD.to_bytes()) is None
