"""Suppression in the model gives what edgedet's own gives for the same raw outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgedet import Detector
from edgedet.boxes import iou
from edgedet.errors import ModelError
from edgedet.inference.anchors import ssd_anchors
from edgedet.inference.card import CardHead
from edgedet.inference.flatfile import read_model
from edgedet.inference.heads.ssd import SsdHead
from edgedet.inference.nms import non_maximum_suppression
from edgedet.inference.runtime import Tensor
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import with_input
from edgedet.lab.export.metadata import About, with_metadata
from edgedet.lab.export.postprocess import Suppression, with_postprocess
from edgedet.lab.export.rawhead import RawHead, find_raw_head
from tests import modelkit as kit
from tests.lab.export.finding import find
from tests.modelkit import Kind
from tests.places import MODEL, shared

ANCHORS = ssd_anchors(300, 300)
COUNT = len(ANCHORS)


def run(model: bytes, package: str) -> tuple[Any, Any, Any]:
    """Boxes x1, y1, x2, y2, classes and scores that a model with the operator gives."""
    interpreter = kit.build_interpreter(model, package)
    interpreter.invoke()
    details = interpreter.get_output_details()
    assert [d["name"] for d in details] == [f"TFLite_Detection_PostProcess{e}" for e in ("", ":1", ":2", ":3")]
    boxes, classes, scores, count = (interpreter.get_tensor(d["index"]) for d in details)
    n = int(count[0])
    return boxes[0, :n][:, [1, 0, 3, 2]], classes[0, :n].astype(int), scores[0, :n]


def by_numpy(encodings: Any, scores: Any, head: RawHead, options: Suppression) -> tuple[Any, Any, Any]:
    """The same by the pipeline's own decode and suppression."""
    ends = [Tensor(i, "", (1, *v.shape), np.dtype(np.float32), 0.0, 0) for i, v in enumerate((encodings, scores))]
    spec = CardHead(box_order=head.box_order, scales=head.scales)  # type: ignore[arg-type]
    decode = SsdHead(ends[0], ends[1], head.anchors, spec, head.activation, head.background)
    values = [encodings.astype(np.float32), scores.astype(np.float32)]
    limits = np.full(decode.classes or 0, options.nms_score_threshold, np.float32)
    found = decode.decode(lambda tensor: values[tensor.index], limits)
    kept = non_maximum_suppression(
        found.boxes, found.scores, found.class_ids, options.nms_iou_threshold, options.max_detections
    )
    return found.boxes[kept], found.class_ids[kept], found.scores[kept]


def sorted_by_score(found: tuple[Any, Any, Any]) -> list[Any]:
    """Int8 scores are often equal, and then the order is anybody's."""
    boxes, ids, scores = found
    order = np.lexsort((boxes[:, 0], ids, np.round(scores, 4)))
    return [boxes[order], ids[order], scores[order]]


def made(seed: int, columns: int, background: bool, activation: str) -> tuple[Any, Any]:
    """Encodings and scores of a few dozen objects among many anchors that see nothing."""
    random = np.random.default_rng(seed)
    encodings = random.normal(0, 2, (COUNT, 4))
    scores = random.uniform(0, 0.01, (COUNT, columns))
    hot = random.choice(COUNT, 60, replace=False)
    scores[hot, random.integers(int(background), columns, 60)] = random.uniform(0.1, 0.99, 60)
    if activation == "sigmoid":
        scores = np.log(scores / (1 - scores) + 1e-9)
    if activation == "softmax":
        scores = np.log(scores + 1e-4)
    return encodings, scores


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    classes=st.integers(1, 6),
    order=st.sampled_from(["yxhw", "xywh"]),
    ends=st.sampled_from([("none", False), ("none", True), ("sigmoid", False), ("softmax", True)]),
    regular=st.just(True),
    most=st.sampled_from([5, 100]),
)
def test_any_head(
    package: str, seed: int, classes: int, order: str, ends: tuple[str, bool], regular: bool, most: int
) -> None:
    activation, background = ends
    encodings, scores = made(seed, classes + background, background, activation)
    scales = (10.0, 10.0, 5.0, 5.0)
    head = RawHead(ANCHORS, order, scales, activation, background)
    options = Suppression(max_detections=most, nms_score_threshold=0.1, use_regular_nms=regular)
    model = with_postprocess(kit.ssd_raw(encodings, scores), head, options)
    boxes, ids, values = run(model, package)
    want_boxes, want_ids, want_values = by_numpy(encodings, scores, head, options)
    assert len(ids) == len(want_ids) > 0
    np.testing.assert_array_equal(ids, want_ids)
    np.testing.assert_allclose(values, want_values, atol=1e-5)
    np.testing.assert_allclose(boxes, want_boxes, atol=1e-4)


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("classes", [1, 3])
def test_the_background_is_never_found(package: str, classes: int, background: bool) -> None:
    """The operator counts classes from behind the background, which a head may have or not."""
    scores = np.zeros((COUNT, classes + background))
    scores[7, classes - 1 + background] = 0.9
    if background:
        scores[:, 0] = 0.95
    model = with_postprocess(kit.ssd_raw(np.zeros((COUNT, 4)), scores), RawHead(ANCHORS, background=background))
    boxes, ids, values = run(model, package)
    assert (ids.tolist(), values.tolist()) == ([classes - 1], [pytest.approx(0.9)])
    centre, size = ANCHORS[7, :2], ANCHORS[7, 2:]
    np.testing.assert_allclose(boxes[0], [*(centre - size / 2), *(centre + size / 2)], atol=1e-6)


def test_the_file_says_how_many_classes_and_anchors(tmp_path: Path) -> None:
    for background in (False, True):
        model = kit.ssd_raw(np.zeros((COUNT, 4)), np.zeros((COUNT, 3 + background)))
        path = tmp_path / "model.tflite"
        path.write_bytes(with_postprocess(model, RawHead(ANCHORS, background=background)))
        operator = read_model(path).postprocess
        assert operator is not None
        assert (operator.num_classes, operator.num_anchors) == (3, COUNT)
        assert list(read_model(path).signature_outputs) == ["boxes", "classes", "scores", "count"]


def test_the_fast_way_lets_classes_compete(package: str) -> None:
    """Which is why it isn't asked for: of two objects in one place, one goes."""
    scores = np.zeros((COUNT, 2))
    scores[1000] = 0.9, 0.8
    found = {}
    for regular in (True, False):
        options = Suppression(use_regular_nms=regular)
        model = with_postprocess(kit.ssd_raw(np.zeros((COUNT, 4)), scores), RawHead(ANCHORS), options)
        found[regular] = run(model, package)[1].tolist()
    assert found == {True: [0, 1], False: [0]}


def test_int8_outputs_are_dequantized_first(package: str) -> None:
    encodings, scores = made(5, 3, False, "none")
    kinds = Kind("int8", 0.06, 4), Kind("int8", 1 / 256, -128)
    model = with_postprocess(kit.ssd_raw(encodings, scores, box_kind=kinds[0], score_kind=kinds[1]), RawHead(ANCHORS))
    assert Graph(model).operators[-4:] == ["DEQUANTIZE", "DEQUANTIZE", "PAD", "TFLite_Detection_PostProcess"]
    stored = [
        (k.elements(v).astype(np.float32) - k.zero_point) * k.scale
        for k, v in zip(kinds, (encodings, scores), strict=True)
    ]
    wanted = by_numpy(stored[0], stored[1], RawHead(ANCHORS), Suppression())
    for ours, theirs in zip(sorted_by_score(run(model, package)), sorted_by_score(wanted), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_twice_is_refused() -> None:
    once = with_postprocess(kit.ssd_raw(np.zeros((COUNT, 4)), np.zeros((COUNT, 2))), RawHead(ANCHORS))
    with pytest.raises(ModelError, match="it has TFLite_Detection_PostProcess already"):
        with_postprocess(once, RawHead(ANCHORS))


def test_anchors_of_another_model_are_refused() -> None:
    model = kit.ssd_raw(np.zeros((COUNT, 4)), np.zeros((COUNT, 2)))
    with pytest.raises(ModelError, match="don't fit its 2034 anchors"):
        with_postprocess(model, RawHead(ssd_anchors(320, 320)))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The bundled int8 model with a uint8 input, raw and with suppression inside."""
    folder = tmp_path_factory.mktemp("pair")
    head = find_raw_head(Detector(MODEL, threads=1))
    assert (head.box_order, head.activation, head.background, len(head.anchors)) == ("xywh", "none", False, 2434)
    model, scaling = with_input(MODEL.read_bytes(), "uint8")
    raw, done = folder / "raw.tflite", folder / "done.tflite"
    raw.write_bytes(model)
    np.save(folder / "raw-anchors.npy", head.anchors)
    labels = ["person", "cat", "dog"]
    card = {
        "labels": labels,
        "input": {"mean": scaling.mean, "std": scaling.std},
        "head": {"box_order": head.box_order, "activation": "none", "background": False},
        "anchors": {"file": "raw-anchors.npy"},
    }
    raw.with_suffix(".json").write_text(json.dumps(card))
    done.write_bytes(with_metadata(with_postprocess(model, head), About(tuple(labels)), scaling))
    return raw, done


@pytest.mark.parametrize(
    ("runtime", "count"),
    [("litert", 100), ("tflite-runtime", 10), pytest.param("tflite-runtime", 100, marks=pytest.mark.slow)],
)
def test_photographs(runtime: str, count: int, pair: tuple[Path, Path]) -> None:
    listing = json.loads(shared("data/coco-mini/instances.json").read_text())
    names = sorted(image["file_name"] for image in listing["images"])[:count]
    pictures = [shared("data/coco-mini/images") / name for name in names]
    raw, done = find(runtime, 0.2, pair, pictures)
    compared = 0
    for before, after, picture in zip(raw, done, pictures, strict=True):
        assert len(before) == len(after), picture
        left = list(after)
        for found in before:
            twin = next((other for other in left if _twins(found, other)), None)
            assert twin is not None, (picture, found, left)
            left.remove(twin)
        compared += len(before)
    assert compared > 3 * count  # or nothing was compared


def _twins(one: dict[str, Any], other: dict[str, Any]) -> bool:
    overlap = iou(np.array([one["box"]], np.float32), np.array([other["box"]], np.float32))[0, 0]
    return one["label"] == other["label"] and abs(one["score"] - other["score"]) <= 0.02 and overlap > 0.95
