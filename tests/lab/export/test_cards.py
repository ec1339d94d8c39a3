"""What stands beside a model: read by the detector, and by people."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from edgedet import Detector
from edgedet.inference.anchors import ssd_anchors
from edgedet.lab.export import cards
from edgedet.lab.export.interface import Normalisation
from edgedet.lab.export.markdown import render
from edgedet.lab.export.parity import Difference
from edgedet.lab.export.rawhead import RawHead, find_raw_head
from edgedet.lab.export.stage import sidecars
from tests import modelkit as kit
from tests.places import MODEL

ABOUT = {"command": "edgedet train", "seed": 1, "licence": "Apache-2.0", "figures": {"float": {"person": {"AP": 0.3}}}}
BASE = cards.training_card("SSDLite", ("person", "cat"), ABOUT)
STANDARD = ssd_anchors(300, 300)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("order", ["yxhw", "xywh"])
def test_a_raw_models_card_is_read(tmp_path: Path, own: bool, order: str) -> None:
    anchors = STANDARD[::-1].copy() if own else STANDARD
    scores = np.zeros((len(anchors), 2))
    scores[40, 1] = 0.9
    model = kit.ssd_raw(np.zeros((len(anchors), 4)), scores)
    path = tmp_path / "model.tflite"
    path.write_bytes(model)
    head = RawHead(anchors, order)
    card = cards.tflite_card(BASE, path, model, head, Normalisation(128, 128), None)
    for file, content in sidecars(card, path, head).items():
        file.write_bytes(content)
    assert (tmp_path / "model-anchors.npy").exists() == own
    detector = Detector(path, threads=1)
    assert detector.labels == ("person", "cat")
    (found,) = detector.detect(np.zeros((300, 300, 3), np.uint8)).to_dicts()
    cx, cy, w, h = anchors[40] * 300
    np.testing.assert_allclose(
        found["box"], np.clip([cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], 0, 300), atol=0.02
    )
    again = find_raw_head(detector)
    assert (again.box_order, again.scales, again.activation, again.background) == (order, head.scales, "none", False)
    np.testing.assert_array_equal(again.anchors, anchors)


def test_the_key_facts() -> None:
    model = kit.ssd_raw(np.zeros((len(STANDARD), 4)), np.zeros((len(STANDARD), 2)))
    card = cards.tflite_card(BASE, Path("a/b.tflite"), model, RawHead(STANDARD), Normalisation(), None)
    assert card["sha256"] == hashlib.sha256(model).hexdigest()
    assert (card["name"], card["file"], card["size_bytes"]) == ("b", "b.tflite", len(model))
    assert card["input"]["shape"] == [1, 300, 300, 3]
    assert card["figures"] == ABOUT["figures"]
    assert card["training"] == {"command": "edgedet train", "seed": 1}
    assert card["anchor_generator"]["count"] == 1917
    known = json.loads(MODEL.with_suffix(".json").read_text())
    assert set(card) - {"anchor_generator"} <= set(known)
    parity = cards.with_parity(card, [Difference("a step", 3.14159e-8, 0, 0, 0)], 3)["export"]
    assert parity["parity"] == [
        {"step": "a step", "boxes_max": 3.14e-8, "boxes_mean": 0, "scores_max": 0, "scores_mean": 0}
    ]
    json.dumps(card)


def test_what_is_of_one_file_is_not_handed_on() -> None:
    base = cards.base_of(Detector(MODEL, threads=1))
    assert base["labels"] == ["person", "cat", "dog"]
    assert base["licence"].startswith("weights: Apache-2.0")
    assert base["made_from"]["file"] == "bootstrap-320-int8.tflite"
    assert not {"sha256", "outputs", "head", "anchors", "decode"} & set(base)
    assert cards.normalisation_of(base) == Normalisation(127.5, 127.5)
    assert cards.normalisation_of({"input": {"mean": [1, 2, 3], "std": [1, 1, 1]}}) is None
    assert cards.normalisation_of({"input": {}}) is None


def test_markdown_has_everything() -> None:
    text = render(json.loads(MODEL.with_suffix(".json").read_text()))
    assert text.startswith("# bootstrap-320-int8\n")
    assert "| labels | person, cat, dog |" in text
    assert "| size | 3,295,376 bytes |" in text
    assert "## Training" in text
    assert "| coco-mini val person | 0.126 | 0.307 |" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") == 3 for line in rows)
