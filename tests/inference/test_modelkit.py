"""The models the tests build run in the real interpreters and give what they were built to give."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

from edgedet.inference.anchors import ssd_anchors
from tests import modelkit as kit
from tests.modelkit import FLOAT32, UINT8, Kind
from tests.places import MODEL

INT8 = Kind("int8", 1 / 127.5, -1)
INT16 = Kind("int16", 1 / 32768, 0)
ANCHORS = ssd_anchors(300, 300)[:, [1, 0, 3, 2]]
COUNT = len(ANCHORS)
RANDOM = np.random.default_rng(3)
ENCODINGS = RANDOM.normal(size=(COUNT, 4))
SCORES = RANDOM.uniform(0, 0.4, (COUNT, 5))


@pytest.fixture(params=["litert", "tflite-runtime"])
def package(request: pytest.FixtureRequest) -> str:
    module = {"litert": "ai_edge_litert", "tflite-runtime": "tflite_runtime"}[request.param]
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{request.param} isn't installed in this environment")
    return str(request.param)


def run(model: bytes, package: str, first: float = 0) -> list[tuple[str, np.ndarray[Any, Any]]]:
    """Each output's name and values, for a picture whose first element is ``first`` and the rest nought."""
    interpreter = kit.build_interpreter(model, package)
    for given in interpreter.get_input_details():
        picture = np.zeros(given["shape"], given["dtype"])
        picture.flat[0] = first
        interpreter.set_tensor(given["index"], picture)
    interpreter.invoke()
    return [(out["name"], interpreter.get_tensor(out["index"])) for out in interpreter.get_output_details()]


@pytest.mark.parametrize("input_kind", [UINT8, FLOAT32, INT8, INT16, Kind("uint8")], ids=str)
def test_raw_ssd_gives_its_arrays_stored_as_asked(package: str, input_kind: Kind) -> None:
    box_kind, score_kind = Kind("int8", 0.05, 3), Kind("uint8", 1 / 256, 0)
    options = {"input_kind": input_kind, "box_kind": box_kind, "score_kind": score_kind}
    (name, boxes), (_, scores) = run(kit.ssd_raw(ENCODINGS, SCORES, **options), package)
    assert name == "raw_outputs/box_encodings"
    np.testing.assert_array_equal(boxes[0], box_kind.elements(ENCODINGS))
    np.testing.assert_array_equal(scores[0], score_kind.elements(SCORES))


def test_raw_ssd_swapped_with_anchors(package: str) -> None:
    (_, scores), (_, boxes), (name, anchors) = run(
        kit.ssd_raw(ENCODINGS, SCORES, anchors=ANCHORS, swapped=True), package
    )
    assert (scores.shape, boxes.shape, name) == ((1, COUNT, 5), (1, COUNT, 4), "anchors")
    np.testing.assert_array_equal(anchors[0], ANCHORS)


@pytest.mark.parametrize("input_kind", [UINT8, FLOAT32, INT8, INT16], ids=str)
def test_the_first_element_picks_the_scene(package: str, input_kind: Kind) -> None:
    model = kit.ssd_raw(np.stack([ENCODINGS, ENCODINGS + 1, ENCODINGS + 2]), SCORES, input_kind=input_kind)
    for first, scene in ((0, 0), (1, 1), (5, 2)):
        np.testing.assert_allclose(run(model, package, first)[0][1][0], ENCODINGS + scene, atol=1e-5)


@pytest.mark.parametrize(
    ("export", "order"),
    [("tf1", [0, 1, 2, 3]), ("tf2", [2, 0, 3, 1]), ("signature", [2, 0, 3, 1])],
)
def test_the_postprocess_operator_finds_the_box_that_stands_out(package: str, export: str, order: list[int]) -> None:
    scores = np.full((COUNT, 4), 0.01)
    row = int(np.argmin(np.abs(ANCHORS - 0.5).sum(axis=1)))
    scores[row, 3] = 0.9
    outputs = run(kit.postprocess(np.zeros((COUNT, 4)), scores, ANCHORS, export=export), package)
    boxes, classes, found, count = (outputs[order.index(what)][1] for what in range(4))
    assert (boxes.shape, classes.shape, found.shape, count.shape) == ((1, 10, 4), (1, 10), (1, 10), (1,))
    assert (classes[0, 0], count[0]) == (2, 10)
    assert found[0, 0] == pytest.approx(0.9)
    half = ANCHORS[row, 2:] / 2
    np.testing.assert_allclose(boxes[0, 0], [*(ANCHORS[row, :2] - half), *(ANCHORS[row, :2] + half)], atol=1e-6)


def test_the_bundled_model_runs_with_the_operator_added(package: str) -> None:
    anchors = np.load(MODEL.with_name("bootstrap-320-anchors.npy"))
    outputs = run(kit.with_postprocess(MODEL.read_bytes(), anchors), package)
    raw = run(MODEL.read_bytes(), package)
    best = max(values.max() for _, values in raw if values.shape[-1] == 3)
    scale, zero_point = kit.build_interpreter(MODEL.read_bytes(), package).get_output_details()[1]["quantization"]
    assert [values.shape for _, values in outputs] == [(1, 10, 4), (1, 10), (1, 10), (1,)]
    assert outputs[2][1][0, 0] == pytest.approx((float(best) - zero_point) * scale)


def test_single_outputs(package: str) -> None:
    rows = RANDOM.uniform(size=(2100, 7))
    for build, shape in ((kit.yolo_v5, (1, 2100, 7)), (kit.yolo_v8, (1, 7, 2100)), (kit.efficientdet, (1, 2100, 7))):
        ((_, values),) = run(build(rows), package)
        assert values.shape == shape
        np.testing.assert_array_equal(values[0] if shape[1] == 2100 else values[0].T, rows.astype(np.float32))


def test_four_outputs_in_any_order(package: str) -> None:
    order = ("scores", "count", "boxes", "classes")
    model = kit.four_outputs(ENCODINGS[:10], np.arange(10), SCORES[:10, 0], 7, order=order, signature=True)
    outputs = run(model, package)
    assert [name[-1] for name, _ in outputs] == ["1", "0", "3", "2"]
    assert [values.shape for _, values in outputs] == [(1, 10), (1,), (1, 10, 4), (1, 10)]
    assert float(outputs[1][1][0]) == 7
    signature = kit.build_interpreter(model, package).get_signature_list()["serving_default"]
    assert signature["outputs"] == [f"output_{i}" for i in range(4)]


@pytest.mark.parametrize("kind", [UINT8, FLOAT32, INT8, INT16, Kind("uint8")], ids=str)
def test_echo_gives_the_real_values_back(package: str, kind: Kind) -> None:
    ((_, values),) = run(kit.echo(kind=kind), package, first=5)
    expected = (5 - kind.zero_point) * (kind.scale or 1)
    assert values.shape == (1, 6, 8, 3)
    assert float(values.flat[0]) == pytest.approx(expected)


def test_what_is_no_detector_runs_all_the_same(package: str) -> None:
    assert run(kit.classifier(), package)[0][1].shape == (1, 1000)
    assert run(kit.segmentation(), package)[0][1].shape == (1, 65, 65, 21)
    assert len(kit.build_interpreter(kit.two_inputs(), package).get_input_details()) == 2
    given = kit.build_interpreter(kit.dynamic_input(), package).get_input_details()[0]
    assert given["shape_signature"].tolist() == [1, -1, -1, 3]
    assert run(kit.text_output(), package)[0][1].tolist() == [b"cat"]


def test_a_model_with_metadata_still_runs(package: str) -> None:
    plain = kit.ssd_raw(ENCODINGS, SCORES)
    described = kit.with_metadata(plain, ["a", "b"], 127.5, 127.5)
    assert described[-60:].count(b"labelmap.txt") == 1
    for (_, before), (_, after) in zip(run(plain, package), run(described, package), strict=True):
        np.testing.assert_array_equal(before, after)
