"""Pictures of another type give the same real values; nothing is lost where nothing need be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.errors import ModelError
from edgedet.inference.preprocess import lookup_table
from edgedet.inference.runtime import Tensor
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import Normalisation, with_float_outputs, with_input
from tests import modelkit as kit
from tests.modelkit import FLOAT32, Kind

ALL = np.arange(256).reshape(1, 16, 16, 1)
SIZE = (16, 16)


def echo(kind: Kind) -> bytes:
    return kit.echo(SIZE, kind, channels=1)


def seen(model: bytes, elements: Any, package: str = "litert") -> Any:
    """The real values a model sees of an input's elements."""
    interpreter = kit.build_interpreter(model, package)
    image = interpreter.get_input_details()[0]
    interpreter.set_tensor(image["index"], elements.astype(image["dtype"]))
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def pixels_seen(model: bytes, given: Normalisation, package: str = "litert") -> Any:
    """The real values it sees of the pixels 0 to 255, prepared as the pipeline prepares them."""
    image = kit.build_interpreter(model, package).get_input_details()[0]
    scale, zero_point = image["quantization"]
    tensor = Tensor(0, "image", (1, 16, 16, 1), np.dtype(image["dtype"]), scale, zero_point)
    table = lookup_table(tensor, np.array([given.mean]), np.array([given.std]))
    return seen(model, table[:, 0].reshape(ALL.shape), package)


@given(scale=st.floats(1 / 127.5 - 2e-5, 1 / 127.5 + 2e-5), zero_point=st.sampled_from([-1, 0]))
def test_uint8_into_int8_loses_nothing(scale: float, zero_point: int) -> None:
    model = echo(Kind("int8", scale, zero_point))
    changed, _ = with_input(model, "uint8")
    np.testing.assert_array_equal(seen(changed, ALL), seen(model, ALL - 128))


@pytest.mark.parametrize("kind", [Kind("int8", 1 / 127.5, -1), Kind("int8", 1 / 127.5, 0), Kind("int8", 1 / 128, 0)])
def test_raw_pixels_are_what_a_uint8_input_wants(package: str, kind: Kind) -> None:
    """Programs write them into it as they are, and so does edgedet."""
    changed, given = with_input(echo(kind), "uint8")
    raw = seen(changed, ALL, package)
    np.testing.assert_array_equal(raw, pixels_seen(changed, given, package))
    np.testing.assert_allclose(raw, ALL / 127.5 - 1, atol=1 / 127.5 + 1e-6)


def test_a_clipped_range_is_clipped_still(package: str) -> None:
    """Calibrated on -0.96 to 0.98: raw pixels are brought to it, half a step of either type off at most."""
    kind = Kind("int8", 0.0076078, -2)
    changed, given = with_input(echo(kind), "uint8")
    wanted = np.clip(ALL / 127.5 - 1, (-128 + 2) * kind.scale, (127 + 2) * kind.scale)
    for values in (seen(changed, ALL, package), pixels_seen(changed, given, package)):
        np.testing.assert_allclose(values, wanted, atol=kind.scale / 2 + 1 / 255 + 1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_a_float_model_scales_whole_pixels_itself(package: str, dtype: str) -> None:
    changed, given = with_input(echo(FLOAT32), dtype)
    assert given == Normalisation(0, 1)
    lowest = np.iinfo(dtype).min
    np.testing.assert_allclose(seen(changed, ALL + lowest, package), ALL / 127.5 - 1, atol=1e-6)
    np.testing.assert_allclose(pixels_seen(changed, given, package), ALL / 127.5 - 1, atol=1e-6)


def test_float_pictures_into_an_int8_model(package: str) -> None:
    model = echo(Kind("int8", 1 / 127.5, 0))
    changed, given = with_input(model, "float32")
    assert given == Normalisation()
    np.testing.assert_allclose(seen(changed, ALL / 127.5 - 1, package), ALL / 127.5 - 1, atol=0.51 / 127.5)


def test_there_and_back() -> None:
    model = echo(Kind("int8", 1 / 127.5, 0))
    back, given = with_input(with_input(model, "uint8")[0], "int8")
    assert given == Normalisation()
    np.testing.assert_array_equal(seen(back, ALL - 128), seen(model, ALL - 128))
    assert with_input(model, "int8")[0] == model


@pytest.mark.parametrize(
    ("model", "dtype", "said"),
    [
        (kit.two_inputs(), "uint8", "2 inputs"),
        (echo(Kind("int16", 1 / 32768, 0)), "uint8", "its input is int16 and can't be made uint8"),
        (echo(Kind("uint8")), "float32", "its input is uint8 and can't be made float32"),
        (with_input(echo(FLOAT32), "uint8")[0], "float32", "it scales whole pixels itself"),
        (echo(FLOAT32), "int4", "wanted as int4"),
    ],
)
def test_what_cannot_be_is_refused(model: bytes, dtype: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        with_input(model, dtype)


def test_float_outputs_hold_the_same_values(package: str) -> None:
    random = np.random.default_rng(1)
    boxes, scores = random.normal(size=(1917, 4)), random.uniform(size=(1917, 3))
    model = kit.ssd_raw(boxes, scores, box_kind=Kind("int8", 0.05, 3), score_kind=Kind("uint8", 1 / 256, 0))
    changed = with_float_outputs(model)
    interpreters = [kit.build_interpreter(m, package) for m in (model, changed)]
    ends = [i.get_output_details() for i in interpreters]
    assert [[out["name"] for out in end] for end in ends] == [
        ["raw_outputs/box_encodings", "raw_outputs/class_predictions"]
    ] * 2
    for interpreter in interpreters:
        interpreter.invoke()
    for before, after in zip(*ends, strict=True):
        scale, zero_point = before["quantization"]
        real = (interpreters[0].get_tensor(before["index"]).astype(np.float32) - zero_point) * np.float32(scale)
        assert real.std() > 0.1
        np.testing.assert_allclose(interpreters[1].get_tensor(after["index"]), real, rtol=1e-6)
    assert Graph(with_float_outputs(changed)).operators == Graph(changed).operators
