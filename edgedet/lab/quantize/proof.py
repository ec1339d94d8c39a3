"""Models beside each other: size, accuracy, latency, memory, all on this machine and in turns."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgedet.errors import DataError
from edgedet.inference.detector import Detector
from edgedet.inference.probe import run_on_noise
from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.figures import Figures, score
from edgedet.lab.evaluate.predict import CONFIDENCE, MAX_DETECTIONS, predict
from edgedet.lab.quantize.footprint import Footprint, footprint
from edgedet.types import Detections

log = logging.getLogger(__name__)

_ROUNDS = 30
"""Runs of each model for its latency where there are no pictures to run on."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What was measured of one model.

    Attributes:
        name: the recipe's, ``float``, or the file's.
        path: the file.
        size_bytes, sha256: of the file.
        latency_ms: median of one run of the model, all models taking turns.
        footprint: memory and operators that XNNPACK doesn't take.
        figures: accuracy on the evaluation pictures; None without them.
        found: what it found in each of them.
    """

    name: str
    path: Path
    size_bytes: int
    sha256: str
    latency_ms: float
    footprint: Footprint
    figures: Figures | None
    found: tuple[Detections, ...] = ()

    @property
    def points(self) -> float | None:
        """mAP in points, 0 to 100."""
        return None if self.figures is None or self.figures.mean.ap is None else self.figures.mean.ap * 100

    def drop(self, reference: Proof) -> float | None:
        """mAP points lost against another model; None without figures."""
        return None if self.points is None or reference.points is None else reference.points - self.points

    def to_dict(self) -> dict[str, Any]:
        """Plain values for reports and cards."""
        return {
            "name": self.name,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "latency_p50_ms": round(self.latency_ms, 3),
            "arena_bytes": self.footprint.arena_bytes,
            "outside_xnnpack": self.footprint.outside,
            "accuracy": None if self.figures is None else self.figures.to_dict(),
        }


def prove(models: Sequence[tuple[str, Path]], dataset: Dataset | None, threads: int = 1) -> list[Proof]:
    """Measure models, by turns on every picture.

    Args:
        models: (name, file) each, with its card beside the file.
        dataset: evaluation pictures, in the models' labels; None: only size, latency and memory.
        threads: the interpreter's.
    """
    detectors = [
        Detector(path, confidence=CONFIDENCE, max_detections=MAX_DETECTIONS, runtime="litert", threads=threads)
        for _, path in models
    ]
    if dataset is None:
        found, latencies = [()] * len(models), _latencies(detectors)
        figures: list[Figures | None] = [None] * len(models)
    else:
        predictions = predict(detectors, dataset)
        found, latencies = [p.found for p in predictions], [p.invoke_p50_ms for p in predictions]  # type: ignore[misc]
        figures = [score(dataset, p.found) for p in predictions]
    return [
        Proof(name, path, d.model.size_bytes, d.model.sha256, ms, footprint(path.read_bytes()), f, tuple(seen))
        for (name, path), d, ms, f, seen in zip(models, detectors, latencies, figures, found, strict=True)
    ]


def evaluation_set(path: Path, split: str, labels: Sequence[str], most: int = 0) -> Dataset:
    """The pictures a model is judged by, under its labels.

    Args:
        path: COCO JSON.
        split: which of its splits; empty: all.
        labels: the model's.
        most: at most so many pictures, evenly spread; 0: all.

    Raises:
        DataError: no pictures, no objects in them, or none of the labels is one of the model's.
    """
    from dataclasses import replace

    from edgedet.lab.datasets.formats import read_dataset
    from edgedet.lab.quantize.pictures import spread

    dataset = read_dataset(path)
    if split:
        dataset = dataset.of_split(split)
    shared = [label for label in labels if label in dataset.labels]
    if not shared:
        raise DataError(
            f"{path}: labels {', '.join(dataset.labels[:10])}, but the model knows {', '.join(labels[:10])}; "
            "evaluate on pictures of what it knows"
        )
    if len(shared) < len(labels):
        log.warning("%s: of the model's labels it lacks %s", path, ", ".join(sorted(set(labels) - set(shared))))
    dataset = dataset.with_labels(shared)
    if not dataset.pictures:
        raise DataError(f"{path}: no pictures{f' in split {split!r}' if split else ''}; nothing to evaluate on")
    dataset = replace(dataset, pictures=tuple(spread(dataset.pictures, most or len(dataset))))
    if not any(len(picture) for picture in dataset):
        raise DataError(f"{path}: no object in these {len(dataset)} pictures; without any, accuracy can't be measured")
    return dataset


def _latencies(detectors: Sequence[Detector]) -> list[float]:
    for detector in detectors:
        run_on_noise(detector.runtime)
    spent: list[list[float]] = [[] for _ in detectors]
    for _ in range(_ROUNDS):
        for detector, seconds in zip(detectors, spent, strict=True):
            start = time.perf_counter()
            detector.runtime.invoke()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) * 1e3 for seconds in spent]
