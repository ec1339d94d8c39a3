"""The pipeline finds what a plain script finds, box for box, on either interpreter.

Run in two environments: NumPy 2 with LiteRT, and NumPy 1 with tflite-runtime beside it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edgedet import Detector
from tests.golden import reference
from tests.places import MODEL, shared

PIXELS, SCORE = 1.0, 0.01
PACKAGES = {"litert": "ai_edge_litert", "tflite-runtime": "tflite_runtime"}


def installed(package: str) -> str:
    if importlib.util.find_spec(PACKAGES[package]) is None:
        pytest.skip(f"{package} isn't installed in this environment")
    return package


@pytest.fixture(scope="module")
def images() -> list[Path]:
    listing = json.loads(shared("data/coco-mini/instances.json").read_text())
    names = sorted(image["file_name"] for image in listing["images"])[:100]
    return [shared("data/coco-mini/images") / name for name in names]


def assert_same(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], where: object) -> None:
    """Equal one to one; two of nearly the same score may stand in either order."""
    assert len(ours) == len(theirs), where
    left = list(theirs)
    for found in ours:
        twin = next(
            (
                other
                for other in left
                if other["class_id"] == found["class_id"]
                and other["label"] == found["label"]
                and abs(other["score"] - found["score"]) <= SCORE
                and np.abs(np.subtract(other["box"], found["box"])).max() <= PIXELS
            ),
            None,
        )
        assert twin is not None, (where, found, left)
        left.remove(twin)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_hundred_images_box_for_box(package: str, images: list[Path]) -> None:
    detector = Detector(MODEL, runtime=installed(package), threads=1, confidence=0.3, max_detections=1000)
    by_hand, boxes = reference.load(package), 0
    for path in images:
        image = cv2.imread(str(path))
        ours = detector.detect(image).to_dicts()
        assert_same(ours, reference.detect(by_hand, image, 0.3), path)
        boxes += len(ours)
    assert boxes > 100  # or nothing was compared


def test_both_runtimes_find_the_same_objects(images: list[Path]) -> None:
    """Their fast kernels round differently, by up to a few steps of 1/256; clear objects must not depend on it."""
    clear, lowest = 0.45, 0.3
    detectors = [Detector(MODEL, runtime=installed(p), threads=1, confidence=lowest) for p in PACKAGES]
    missed = found = 0
    for path in images:
        image = cv2.imread(str(path))
        results = [detector.detect(image).to_dicts() for detector in detectors]
        for ours, theirs in (results, results[::-1]):
            for one in (o for o in ours if o["score"] >= clear):
                found += 1
                missed += not any(
                    one["class_id"] == other["class_id"]
                    and abs(one["score"] - other["score"]) < 0.1
                    and reference.iou(one["box"], other["box"]) > 0.8
                    for other in theirs
                )
    assert found > 100
    assert missed <= found * 0.03


@pytest.mark.parametrize("model", [MODEL, "tf2_mobilenet_v2_1.0_224_ptq", "deeplabv3_mnv2_pascal_quant"], ids=str)
def test_both_runtimes_compute_the_same(model: Path | str) -> None:
    """With the reference kernels, which round as the specification says, bit for bit."""
    path = shared(f"data/backbones/{model}.tflite") if isinstance(model, str) else model
    results = []
    for package, module in PACKAGES.items():
        interpreters = importlib.import_module(f"{installed(package) and module}.interpreter")
        interpreter = interpreters.Interpreter(
            model_path=str(path), experimental_op_resolver_type=interpreters.OpResolverType.BUILTIN_REF
        )
        interpreter.allocate_tensors()
        given = interpreter.get_input_details()[0]
        limits = np.iinfo(given["dtype"])
        noise = np.random.default_rng(7).integers(limits.min, limits.max, given["shape"], given["dtype"], endpoint=True)
        interpreter.set_tensor(given["index"], noise)
        interpreter.invoke()
        results.append([interpreter.get_tensor(out["index"]) for out in interpreter.get_output_details()])
    for one, other in zip(*results, strict=True):
        assert one.std() > 0
        np.testing.assert_array_equal(one, other)


def test_the_bundled_model_finds_a_person(images: list[Path]) -> None:
    assert MODEL.is_file()
    image = cv2.imread(str(shared("data/photos/grace_hopper.bmp")))
    best = Detector().detect(image).to_dicts()[0]
    assert best["label"] == "person"
    assert best["score"] > 0.6
