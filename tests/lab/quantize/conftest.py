from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edgedet.inference.detector import Detector
from tests.places import MODEL, ROOT

PHOTOS = ROOT / "edgedet" / "capture" / "photos"


@dataclass(frozen=True)
class Places:
    """A float detector with its card, the hard one made from it, pictures to calibrate with, and others to judge by."""

    folder: Path
    model: Path
    hard: Path
    calibration: Path
    evaluation: Path


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    pytest.importorskip("ai_edge_quantizer", reason="needs edgedet[lab]")
    from tests.lab.quantize.floated import break_equalisation, float_model, save

    folder = tmp_path_factory.mktemp("quantize")
    model = float_model(MODEL)
    made = Places(folder, folder / "float.tflite", folder / "hard.tflite", folder / "calibration", folder / "eval.json")
    save(model, made.model)
    random = np.random.default_rng(0)
    break_equalisation(model, 2, 3, random.permutation(np.geomspace(1, 64, 16)).astype(np.float32))
    save(model, made.hard)
    card = json.loads(MODEL.with_suffix(".json").read_text())
    for key in ("sha256", "size_bytes", "figures"):
        card.pop(key)
    for path in (made.model, made.hard):
        path.with_suffix(".json").write_text(json.dumps(card))
    shutil.copy(MODEL.with_name(card["anchors"]["file"]), folder)
    _pictures(made.calibration, random, 16)
    _judged(made, _pictures(folder / "images", random, 14))
    return made


def _pictures(folder: Path, random: np.random.Generator, count: int) -> list[Path]:
    """Crops of the bundled photographs, mirrored and brightened by chance."""
    folder.mkdir()
    photos = [cv2.imread(str(path)) for path in sorted(PHOTOS.glob("*.jpg"))]
    paths = []
    for number in range(count):
        image = photos[number % len(photos)]
        height, width = image.shape[:2]
        top, left = int(random.integers(0, height // 6)), int(random.integers(0, width // 6))
        image = image[top : height - height // 6 + top, left : width - width // 6 + left]
        image = cv2.convertScaleAbs(image[:, :: random.choice([1, -1])], alpha=float(random.uniform(0.7, 1.3)))
        paths.append(folder / f"{number}.png")
        cv2.imwrite(str(paths[-1]), image)
    return paths


def _judged(made: Places, paths: list[Path]) -> None:
    """What the float model finds for sure is the truth: then it scores near 100, and what quantization loses shows."""
    detector = Detector(made.model, confidence=0.5, runtime="litert", threads=1)
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, path in enumerate(paths):
        image = cv2.imread(str(path))
        images.append({"id": number, "file_name": path.name, "width": image.shape[1], "height": image.shape[0]})
        for found in detector.detect(image).to_dicts():
            x1, y1, x2, y2 = found["box"]
            box = {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1), "iscrowd": 0}
            annotations.append(
                {"id": len(annotations) + 1, "image_id": number, "category_id": found["class_id"] + 1, **box}
            )
    categories = [{"id": i + 1, "name": name} for i, name in enumerate(detector.labels)]
    made.evaluation.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
