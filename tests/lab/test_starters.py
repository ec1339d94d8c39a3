"""The models that come with edgedet do what their cards say, on pictures they never saw."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import pytest

from edgedet import Detector
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.formats import read_dataset
from tests.places import ROOT, shared

STARTERS = sorted(path.stem for path in (ROOT / "models").glob("starter-*.json"))
AIMS = {
    "starter-320-int8": {"coco-mini val": {"person": 0.40}, "pets-mini test": {"cat": 0.95, "dog": 0.95}},
}
"""AP50 that a model must reach, beside being what its card says."""
STANDING = ((76, 190), (242, 440), (520, 690), (764, 860), (940, 1190), (1254, 1352))
"""Frames of one-by-one-person-detection.mp4 in which somebody is seen from head to foot."""
HANDS = ((171, 208), (341, 406), (473, 529), (665, 733), (812, 866), (919, 953), (1046, 1099))
"""Frames of bottle-detection.mp4 in which some part of a hand or sleeve is seen."""


def card(name: str) -> dict:
    return json.loads((ROOT / "models" / f"{name}.json").read_text(encoding="utf-8"))


def sets() -> dict[str, Dataset]:
    labels = ("person", "cat", "dog")
    return {
        "coco-mini val": read_dataset(shared("data/coco-mini/instances.json")).of_split("val").with_labels(labels),
        "pets-mini test": read_dataset(shared("data/pets-mini/test.json")).with_labels(labels),
    }


@pytest.mark.parametrize("name", STARTERS)
def test_accuracy(name: str) -> None:
    pytest.importorskip("pycocotools", reason="needs the lab: pip install 'edgedet[lab]'")
    from edgedet.lab.evaluate.figures import score
    from edgedet.lab.evaluate.predict import predict

    detector = Detector(ROOT / "models" / f"{name}.tflite", confidence=0.02)
    for title, dataset in sets().items():
        (prediction,) = predict([detector], dataset)
        figures = score(dataset, prediction.found)
        for label, said in card(name)["figures"]["int8"][title]["classes"].items():
            found = figures.classes[label].to_dict()
            for kind in ("AP", "AP50"):
                if said[kind] is not None:
                    assert found[kind] == pytest.approx(said[kind], abs=0.005), (title, label, kind)
            assert (found["AP50"] or 1) >= AIMS.get(name, {}).get(title, {}).get(label, 0), (title, label)


@pytest.mark.parametrize("name", STARTERS)
def test_nothing_it_is_measured_on_was_learnt(name: str) -> None:
    used = set(card(name)["training"]["pictures"])

    def fingerprints(paths: list[Path]) -> set[str]:
        return {hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in paths}

    coco = read_dataset(shared("data/coco-mini/instances.json"))
    pets = sorted(shared("data/pets-mini/images").iterdir())
    learnt = fingerprints([p.path for p in coco.of_split("train")] + [p for p in pets if p.name.startswith("train")])
    assert used == learnt
    others = [p for p in pets if not p.name.startswith("train")] + [p.path for p in coco.of_split("val")]
    others += sorted(shared("data/openimages-mini/images").iterdir())
    assert not used & fingerprints(others)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("video", "spans", "inside", "least", "most"),
    [
        ("one-by-one-person-detection", STANDING, True, 0.95, 1.0),
        ("bottle-detection", HANDS, False, 0.0, 0.02),
    ],
)
def test_people_in_videos(video: str, spans: tuple, inside: bool, least: float, most: float) -> None:
    detector = Detector(ROOT / "models" / "starter-320-int8.tflite")
    capture = cv2.VideoCapture(str(shared(f"data/videos/{video}.mp4")))
    found = []
    for index in range(int(capture.get(cv2.CAP_PROP_FRAME_COUNT))):
        ok, image = capture.read()
        if not ok:
            break
        if any(first <= index <= last for first, last in spans) == inside:
            found.append(len(detector.detect(image).filter("person")) > 0)
    assert len(found) > 700
    assert least <= sum(found) / len(found) <= most
