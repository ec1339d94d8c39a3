"""Every head in real files, run by a real interpreter: recognised, decoded, labelled; or refused with what was seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edgedet import Detector
from edgedet.errors import HeadError, LabelsError, ModelError
from edgedet.inference.anchors import ssd_anchors
from edgedet.inference.card import find_card
from edgedet.inference.flatfile import read_model
from tests import modelkit as kit
from tests.golden.reference import iou
from tests.places import MODEL, shared

NAMES = ("person", "cat", "dog")
BOX = np.array([0.2, 0.3, 0.6, 0.9])  # x1, y1, x2, y2 as fractions
WIDTH, HEIGHT = 400, 200


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are tried in a child process anew in each test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def save(folder: Path, content: bytes, labels: tuple[str, ...] | None = NAMES) -> Path:
    path = folder / "model.tflite"
    path.write_bytes(content)
    if labels is not None:
        (folder / "model.json").write_text(json.dumps({"labels": labels}))
    return path


def found(detector: Detector, value: int = 0) -> list[dict[str, Any]]:
    image = np.full((HEIGHT, WIDTH, 3), value, np.uint8)
    return detector.detect(image).to_dicts()


def assert_one(detector: Detector, label: str, score: float, tolerance: float = 1.0) -> None:
    """It finds BOX, stretched, and nothing else."""
    (one,) = found(detector)
    assert one["label"] == label
    assert one["score"] == pytest.approx(score, abs=0.01)
    np.testing.assert_allclose(one["box"], BOX * [WIDTH, HEIGHT, WIDTH, HEIGHT], atol=tolerance)


def encode(anchors: np.ndarray, at: int, order: str = "yxhw") -> np.ndarray:
    """Encodings (N, 4) that decode to BOX at one anchor."""
    ax, ay, aw, ah = anchors[at]
    centre, size = (BOX[:2] + BOX[2:]) / 2, BOX[2:] - BOX[:2]
    x, y = (centre - (ax, ay)) / (aw, ah) * 10
    w, h = np.log(size / (aw, ah)) * 5
    encodings = np.zeros((len(anchors), 4), np.float32)
    encodings[at] = (y, x, h, w) if order == "yxhw" else (x, y, w, h)
    return encodings


def one_score(count: int, at: int, columns: int, column: int, value: float, rest: float = 0.0) -> np.ndarray:
    scores = np.full((count, columns), rest, np.float32)
    scores[at, column] = value
    return scores


AT = 1500
ANCHORS = ssd_anchors(300, 300)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("box_kind", "score_kind"),
    [
        (kit.FLOAT32, kit.FLOAT32),
        (kit.Kind("int8", 0.1, 3), kit.Kind("int8", 1 / 256, -128)),
        (kit.Kind("uint8", 0.1, 120), kit.Kind("uint8", 1 / 256, 0)),
    ],
    ids=["float", "int8", "uint8"],
)
def test_raw_ssd_of_probabilities(tmp_path: Path, box_kind: kit.Kind, score_kind: kit.Kind, swapped: bool) -> None:
    scores = one_score(len(ANCHORS), AT, 3, 1, 0.8)
    model = kit.ssd_raw(encode(ANCHORS, AT), scores, box_kind=box_kind, score_kind=score_kind, swapped=swapped)
    detector = Detector(save(tmp_path, model))
    assert (detector.head.name, detector.head.num_anchors, detector.head.classes) == ("ssd-raw", 1917, 3)
    assert_one(detector, "cat", 0.8, tolerance=4.0)


@pytest.mark.parametrize("kind", [kit.FLOAT32, kit.Kind("int8", 0.1, 20), kit.Kind("uint8", 0.1, 200)])
def test_raw_ssd_of_logits_with_background(tmp_path: Path, kind: kit.Kind) -> None:
    scores = one_score(len(ANCHORS), AT, 4, 3, 2.2, rest=-8.0)
    detector = Detector(save(tmp_path, kit.ssd_raw(encode(ANCHORS, AT), scores, score_kind=kind)))
    assert detector.head.classes == 3
    assert_one(detector, "dog", 1 / (1 + np.exp(-2.2)))


def test_raw_ssd_of_softmax_with_background_and_no_labels(tmp_path: Path) -> None:
    scores = np.tile(np.array([0.97, 0.01, 0.01, 0.01], np.float32), (len(ANCHORS), 1))
    scores[AT] = [0.1, 0.05, 0.8, 0.05]
    detector = Detector(save(tmp_path, kit.ssd_raw(encode(ANCHORS, AT), scores), labels=None))
    assert detector.labels == ("class 0", "class 1", "class 2")
    assert_one(detector, "class 1", 0.8)


def test_four_score_columns_are_not_taken_for_boxes(tmp_path: Path) -> None:
    scores = one_score(len(ANCHORS), AT, 4, 2, 0.9)
    model = kit.ssd_raw(encode(ANCHORS, AT), scores, names=("a", "b"), swapped=True)
    detector = Detector(save(tmp_path, model, (*NAMES, "horse")))
    assert_one(detector, "dog", 0.9)


def test_raw_ssd_with_its_anchors_as_an_output(tmp_path: Path) -> None:
    anchors = np.random.default_rng(3).uniform(0.1, 0.5, (77, 4)).astype(np.float32)
    model = kit.ssd_raw(
        encode(anchors, 40), one_score(77, 40, 3, 0, 0.7), anchors=anchors[:, [1, 0, 3, 2]], size=(96, 64)
    )
    detector = Detector(save(tmp_path, model))
    assert detector.head.num_anchors == 77
    assert_one(detector, "person", 0.7)


def test_raw_ssd_with_its_anchors_and_coder_in_the_card(tmp_path: Path) -> None:
    anchors = np.random.default_rng(3).uniform(0.1, 0.5, (77, 4)).astype(np.float32)
    path = save(tmp_path, kit.ssd_raw(encode(anchors, 40, "xywh"), one_score(77, 40, 3, 0, 0.7), size=(96, 64)))
    np.save(tmp_path / "anchors.npy", anchors)
    card = {"labels": NAMES, "head": {"box_order": "xywh"}, "anchors": {"file": "anchors.npy"}}
    path.with_suffix(".json").write_text(json.dumps(card))
    assert_one(Detector(path), "person", 0.7)
    np.save(tmp_path / "anchors.npy", anchors[:50])
    with pytest.raises(ModelError, match="50 anchors for 77 boxes"):
        Detector(path)


def test_anchors_that_nobody_knows_are_asked_for(tmp_path: Path) -> None:
    model = kit.ssd_raw(np.zeros((77, 4)), np.zeros((77, 3)), size=(96, 64))
    with pytest.raises(HeadError, match="77 anchors fit no standard SSD at 96x64"):
        Detector(save(tmp_path, model))


@pytest.mark.parametrize("export", ["tf1", "tf2", "signature"])
def test_the_postprocess_operator_in_every_order(tmp_path: Path, export: str) -> None:
    scores = one_score(len(ANCHORS), AT, 4, 2, 0.9)
    model = kit.postprocess(encode(ANCHORS, AT), scores, ANCHORS[:, [1, 0, 3, 2]], export=export)
    detector = Detector(save(tmp_path, model))
    assert (detector.head.name, detector.head.num_anchors) == ("ssd-postprocess", 1917)
    assert_one(detector, "cat", 0.9)


def test_the_bundled_model_with_the_real_operator_finds_the_same(tmp_path: Path) -> None:
    ours = Detector(MODEL, confidence=0.4)
    anchors = find_card(MODEL, read_model(MODEL).sha256).load_anchors()
    assert anchors is not None
    options = kit.PostProcessOptions(max_detections=50, nms_score_threshold=0.3, nms_iou_threshold=0.5)
    path = save(tmp_path, kit.with_postprocess(MODEL.read_bytes(), anchors, options))
    theirs = Detector(path, confidence=0.4)
    listing = json.loads(shared("data/coco-mini/instances.json").read_text())
    boxes = 0
    for entry in listing["images"][:100]:
        image = cv2.imread(str(shared("data/coco-mini/images") / entry["file_name"]))
        left = theirs.detect(image).to_dicts()
        for one in ours.detect(image).to_dicts():
            boxes += 1
            twin = next((o for o in left if o["label"] == one["label"] and iou(o["box"], one["box"]) > 0.95), None)
            assert twin is not None, (entry["file_name"], one, left)
            assert twin["score"] == pytest.approx(one["score"], abs=0.02)
    assert boxes > 50


def test_four_outputs_without_the_operator_are_told_by_their_values(tmp_path: Path) -> None:
    boxes = np.zeros((10, 4), np.float32)
    boxes[0] = BOX[[1, 0, 3, 2]]
    classes, scores = np.zeros(10), np.zeros(10)
    classes[:3], scores[:3] = (2, 1, 0), (0.75, 0.2, 0.1)
    for number, order in enumerate((("scores", "boxes", "count", "classes"), ("count", "classes", "scores", "boxes"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        names = {role: f"StatefulPartitionedCall:{i}" for i, role in enumerate(order)}
        model = kit.four_outputs(boxes, classes, scores, 3, order=order, names=names)
        detector = Detector(save(folder, model))
        assert detector.head.name == "nms-in-model"
        assert_one(detector, "dog", 0.75)


def test_efficientdet_with_one_output_in_pixels(tmp_path: Path) -> None:
    rows = np.zeros((100, 7), np.float32)
    rows[0] = [0, *(BOX[[1, 0, 3, 2]] * 320), 0.66, 3]
    detector = Detector(save(tmp_path, kit.efficientdet(rows)))
    assert detector.head.name == "efficientdet"
    assert_one(detector, "dog", 0.66)


def yolo_rows(count: int, objectness: bool, unit: float = 1.0) -> np.ndarray:
    """Rows whose one object is BOX; the first, so that both letterbox and stretch can be computed by hand."""
    rows = np.zeros((count, 8 if objectness else 7), np.float32)
    centre, size = (BOX[:2] + BOX[2:]) / 2, BOX[2:] - BOX[:2]
    rows[7, :4] = np.concatenate([centre, size]) * unit
    if objectness:
        rows[7, 4:] = (0.9, 0.05, 0.9, 0.05)
    else:
        rows[7, 4:] = (0.05, 0.81, 0.05)
    return rows


@pytest.mark.parametrize("unit", [1.0, 320.0], ids=["fractions", "pixels"])
@pytest.mark.parametrize("version", [5, 8])
def test_yolo(tmp_path: Path, version: int, unit: float) -> None:
    cells = 40 * 40 + 20 * 20 + 10 * 10
    if version == 5:
        model = kit.yolo_v5(yolo_rows(3 * cells, True, unit))
    else:
        model = kit.yolo_v8(yolo_rows(cells, False, unit))
    detector = Detector(save(tmp_path, model), resize="stretch")
    assert (detector.head.name, detector.head.classes) == (f"yolov{version}", 3)
    assert_one(detector, "cat", 0.81)
    assert Detector(save(tmp_path, model)).resize == "letterbox"


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_quantized_yolo_v5(tmp_path: Path, dtype: str) -> None:
    kind = kit.Kind(dtype, 1 / 255, -128 if dtype == "int8" else 0)
    rows = yolo_rows(3 * 2100, True)
    detector = Detector(save(tmp_path, kit.yolo_v5(rows, output_kind=kind)), resize="stretch")
    assert_one(detector, "cat", 0.81)


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (kit.classifier, "not a detector"),
        (kit.segmentation, "not a detector"),
        (kit.two_inputs, "2 inputs"),
        (kit.text_output, "not a detector"),
    ],
)
def test_what_is_no_detector_is_refused_with_what_was_seen(tmp_path: Path, build: Any, why: str) -> None:
    with pytest.raises(ModelError, match=why) as error:
        Detector(save(tmp_path, build()))
    assert str(tmp_path / "model.tflite") in str(error.value)
    assert "\n" not in str(error.value)


def test_a_dynamic_input_is_run_or_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.tflite"):
        Detector(save(tmp_path, kit.dynamic_input()))


def test_labels_and_normalisation_from_the_metadata(tmp_path: Path) -> None:
    scores = one_score(len(ANCHORS), AT, 3, 1, 0.8)
    model = kit.ssd_raw(encode(ANCHORS, AT), scores, input_kind=kit.FLOAT32)
    model = kit.with_metadata(model, labels=["fox", "hen", "cow"], mean=[10.0], std=[20.0])
    detector = Detector(save(tmp_path, model, labels=None))
    assert detector.labels == ("fox", "hen", "cow")
    assert detector.model.metadata.mean == (10.0,)
    detector._preprocess(np.full((HEIGHT, WIDTH, 3), 50, np.uint8), memory := np.zeros((1, 300, 300, 3), np.float32))
    assert np.allclose(memory, 2.0)


def test_labels_with_a_background_line_and_wrong_counts(tmp_path: Path) -> None:
    scores = one_score(len(ANCHORS), AT, 3, 1, 0.8)
    path = save(tmp_path, kit.ssd_raw(encode(ANCHORS, AT), scores), labels=None)
    labels = tmp_path / "labels.txt"
    labels.write_text("???\nperson\ncat\ndog\n")
    assert Detector(path, labels=labels).labels == NAMES
    labels.write_text("person\n")
    with pytest.raises(ModelError, match="1 labels for a model of 3 classes"):
        Detector(path, labels=labels)


def test_limits_for_single_classes(tmp_path: Path) -> None:
    scores = one_score(len(ANCHORS), AT, 3, 1, 0.45)
    path = save(tmp_path, kit.ssd_raw(encode(ANCHORS, AT), scores, score_kind=kit.Kind("int8", 1 / 256, -128)))
    assert found(Detector(path)) == []
    assert_one(Detector(path, class_confidence={"cat": 0.449}), "cat", 0.45)
    assert found(Detector(path, confidence=0.1, class_confidence={"cat": 0.46})) == []
    with pytest.raises(LabelsError, match="'bird' is no label"):
        Detector(path, class_confidence={"bird": 0.5})


def test_boxes_are_clipped_and_nonsense_is_dropped(tmp_path: Path) -> None:
    encodings = encode(ANCHORS, AT)
    encodings[0] = np.nan
    encodings[1] = (0, 0, 1e30, 1e30)
    scores = np.zeros((len(ANCHORS), 3), np.float32)
    scores[[0, 1, 2], 0] = 0.9, 0.8, np.nan
    objects = found(Detector(save(tmp_path, kit.ssd_raw(encodings, scores))))
    assert [o["score"] for o in objects] == [0.8]
    assert objects[0]["box"] == [0, 0, WIDTH, HEIGHT]


def test_letterboxed_boxes_come_back_to_the_frame(tmp_path: Path) -> None:
    scores = one_score(len(ANCHORS), AT, 3, 0, 0.8)
    detector = Detector(save(tmp_path, kit.ssd_raw(encode(ANCHORS, AT), scores)), resize="letterbox")
    (one,) = found(detector)
    # a 400x200 frame fills the middle half of a square input: x as before, y from -0.5 to 1.5 of it
    wanted = [BOX[0] * 400, max(0, (BOX[1] - 0.25) * 2) * 200, BOX[2] * 400, min(1, (BOX[3] - 0.25) * 2) * 200]
    np.testing.assert_allclose(one["box"], wanted, atol=1.0)


@pytest.mark.parametrize("channels", [2, 4])
def test_grey_and_bgra_pictures(channels: int) -> None:
    detector = Detector()
    shape = (30, 40) if channels == 2 else (30, 40, 4)
    assert len(detector.detect(np.zeros(shape, np.uint8))) == 0
    with pytest.raises(ValueError, match="uint8"):
        detector.detect(np.zeros((30, 40, 3), np.float32))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="empty"):
        detector.detect(np.zeros((0, 40, 3), np.uint8))
