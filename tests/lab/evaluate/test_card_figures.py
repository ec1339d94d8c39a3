"""The figures on the bundled model's card, measured again."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("pycocotools")

from edgedet.lab.datasets.formats import read_dataset
from edgedet.lab.evaluate.figures import score
from edgedet.lab.evaluate.predict import predict
from edgedet.lab.evaluate.runtimes import open_detector
from tests.places import MODEL, shared


@pytest.mark.parametrize(
    ("name", "file", "split", "tolerance"),
    [
        ("pets-mini test", "data/pets-mini/test.json", "", 0.01),
        # five dogs and seven cats: there the order among equal scores, of which int8 has many, is worth 0.03
        ("coco-mini val", "data/coco-mini/instances.json", "val", 0.03),
    ],
)
def test_the_bundled_models_card_says_what_is_measured(name: str, file: str, split: str, tolerance: float) -> None:
    dataset = read_dataset(shared(file))
    dataset = dataset.of_split(split) if split else dataset
    detector = open_detector(MODEL, "litert", 1)
    (prediction,) = predict([detector], dataset)
    card = json.loads(MODEL.with_suffix(".json").read_text())["figures"]["int8"]
    labels = [label for label in detector.labels if f"{name} {label}" in card]
    assert labels
    figures = score(dataset.with_labels(labels), prediction.found)
    for label in labels:
        measured = figures.classes[label].to_dict()
        said = card[f"{name} {label}"]
        assert {key: measured[key] for key in said} == pytest.approx(said, abs=tolerance), label
