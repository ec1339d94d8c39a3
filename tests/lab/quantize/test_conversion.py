from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgedet.errors import ConfigError, DataError
from edgedet.inference.detector import Detector
from tests.lab.quantize.conftest import Places

pytest.importorskip("ai_edge_quantizer", reason="needs edgedet[lab]")

from edgedet.lab.quantize.activations import Activations, observe
from edgedet.lab.quantize.conversion import convert, tensor_ranges
from edgedet.lab.quantize.float_model import read_float_model
from edgedet.lab.quantize.footprint import footprint
from edgedet.lab.quantize.layers import LayeredModel
from edgedet.lab.quantize.pictures import read_calibration
from edgedet.lab.quantize.recipes import RECIPES, REFUSED, SWEEP, choose
from edgedet.lab.quantize.sensitivity import most_sensitive, sensitivities, sqnr_by_tensor
from edgedet.lab.quantize.trace import Outputs, Trace, Values

Ready = tuple[LayeredModel, tuple[Values, ...], Activations]


@pytest.fixture(scope="module")
def ready(places: Places) -> Ready:
    model = read_float_model(places.model)
    inputs = read_calibration(model, [str(places.calibration)], most=8).inputs
    return model, inputs, observe(model, inputs)


@pytest.mark.parametrize(
    ("name", "least_db", "size"),
    [
        ("float16", 40, 0.55),
        ("dynamic", 20, 0.35),
        ("weight-int8", 60, 0.35),
        ("weight-int4", -5, 0.25),
        ("int8", 18, 0.35),
        ("int8-symmetric", 15, 0.35),
        ("int8-per-tensor", -5, 0.3),
        ("int8-per-tensor-symmetric", -5, 0.3),
        ("int16x8", 40, 0.35),
        ("mixed", 18, 0.4),
        ("mixed-int16", 18, 0.4),
    ],
)
def test_every_recipe_makes_a_model_that_runs(ready: Ready, name: str, least_db: float, size: float) -> None:
    model, inputs, held = ready
    kept = model.named(["1", "2", "3"]) if RECIPES[name].keeps else ()
    content = convert(model, choose(name), held, kept)
    assert len(content) < size * len(model.content)
    outputs = Trace(model.content).output_names()
    errors = sqnr_by_tensor(model.content, content, outputs, inputs[:2])
    assert len(errors) == 2
    assert min(errors.values()) > least_db
    trace = Trace(content)
    trace.run(inputs[0])
    stored = trace.stored(outputs[0]).dtype
    expected: dict[int, Any] = {0: np.float32, 8: np.int8, 16: np.int16}
    assert stored == expected[RECIPES[name].activation_bits]


def test_the_table_is_complete() -> None:
    assert len({choose(text).name for text in SWEEP.split(",")}) >= 9
    assert not set(RECIPES) & set(REFUSED)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("uint8", "uint8: can't be made: the quantizer writes signed int8 only"),
        ("int9", "'int9': no such recipe; there are float16"),
        ("int8@best", "'best': no such method; there are min-max"),
    ],
)
def test_what_cannot_be_had_is_refused_with_the_reason(name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        choose(name)


def test_suppression_inside_the_model_stays_float(places: Places, ready: Ready, tmp_path: Path) -> None:
    pytest.importorskip("edgedet.lab.export.postprocess")
    from edgedet.lab.export.postprocess import with_postprocess
    from edgedet.lab.export.rawhead import find_raw_head

    plain, inputs, _ = ready
    path = tmp_path / "post.tflite"
    path.write_bytes(with_postprocess(plain.content, find_raw_head(Detector(places.model, runtime="litert"))))
    model = read_float_model(path)
    assert model.untouched == {"TFLite_Detection_PostProcess": 1}
    assert len(model.handover) == 2
    content = convert(model, choose("int8"), observe(model, inputs))
    exact, found = (Outputs(c).of(inputs[:3]) for c in (model.content, content))
    for classes, others in zip(exact[1], found[1], strict=True):
        assert classes.flat[0] == others.flat[0]
        assert (others == np.round(others)).all()


def test_a_calibrated_recipe_needs_pictures(ready: Ready) -> None:
    with pytest.raises(DataError, match="int8: needs calibration pictures"):
        convert(ready[0], choose("int8"), None)


def test_conversions_leave_no_trace_in_the_next(places: Places, ready: Ready) -> None:
    model, _, held = ready
    first = convert(model, choose("int8"), held)
    convert(model, choose("int8-per-tensor"), held, only=model.named(["3"]))
    convert(model, choose("float16"), None)
    assert convert(model, choose("int8"), held) == first
    assert convert(read_float_model(places.model), choose("int8"), held) == first


def test_weights_have_a_scale_for_each_channel_or_one(ready: Ready) -> None:
    model, _, held = ready
    for name, count in (("int8", 16), ("int8-per-tensor", 1)):
        trace = Trace(convert(model, choose(name), held))
        assert len(trace.scales(model.layers[2].weight or "")) == count


def test_kept_layers_stay_float_and_the_rest_does_not(ready: Ready) -> None:
    model, _, held = ready
    trace = Trace(convert(model, choose("mixed"), held, kept=model.named(["2"])))
    assert not len(trace.scales(model.layers[2].weight or ""))
    assert len(trace.scales(model.layers[3].weight or ""))


def test_ranges_are_handed_over_and_the_ends_keep_their_extremes(ready: Ready) -> None:
    model, _, held = ready
    choice = choose("int8@percentile-99.9")
    ranges = tensor_ranges(held, choice)
    name = model.layers[2].output
    low, high = ranges[name]
    assert high - low < 0.9 * (held.tensors[name].high - held.tensors[name].low)
    for end in held.ends & set(held.tensors):
        assert ranges[end][1] == max(0.0, held.tensors[end].high)
    found = Trace(convert(model, choice, held)).limits(name)
    assert found is not None
    assert np.allclose(found, (low, high), atol=(high - low) / 200)


def test_the_layers_made_hard_are_found(places: Places, ready: Ready) -> None:
    _, inputs, _ = ready
    whole = read_float_model(places.hard)
    model = replace(whole, layers=whole.layers[2:12])
    held, choice = observe(model, inputs[:2]), choose("int8-per-tensor")
    found = sensitivities(model, choice, held, convert(model, choice, held), inputs[:1])
    assert found == sorted(found, key=lambda s: s.at_outputs)
    assert {layer.number for layer in most_sensitive(found, 2)} == {2, 3}


def test_footprint_tells_kernels_and_memory_apart(ready: Ready) -> None:
    model, _, held = ready
    plain, int8, int16 = (
        footprint(content)
        for content in (model.content, *(convert(model, choose(n), held) for n in ("int8", "int16x8")))
    )
    assert sum(int8.outside.values()) < 5
    assert int16.outside["CONV_2D"] == 55
    assert 3.5 < plain.arena_bytes / int8.arena_bytes < 4.5
    assert 1.8 < int16.arena_bytes / int8.arena_bytes < 2.2
    largest = 160 * 160 * 96 + 80 * 80 * 96  # int8 in and out of the widest layer
    assert largest <= int8.arena_bytes < 2 * largest
