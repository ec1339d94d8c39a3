"""The job of ``edgedet batch quantize --sweep``: candidates made and judged side by side."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from edgedet.batch.work import Done, Item, Task
from edgedet.errors import ConfigError
from edgedet.inference.detector import Detector
from edgedet.inference.flatfile import read_model
from edgedet.lab.evaluate.figures import score
from edgedet.lab.evaluate.predict import CONFIDENCE, MAX_DETECTIONS, predict
from edgedet.lab.quantize.proof import prove
from edgedet.lab.quantize.ranges import METHODS
from edgedet.lab.quantize.recipes import RECIPES, choose
from edgedet.lab.quantize.subject import Evidence, Subject

FLOAT = "float"
"""The name of the model itself among the candidates."""
MODELS = "models"
"""The folder of the candidates' files in the output folder."""


@dataclass(frozen=True, slots=True)
class Quantize:
    """Makes candidates of a float model, and measures the accuracy of each.

    Attributes:
        model: its file, the same on all machines, as are the pictures.
        evidence: what they are calibrated with and judged by.
    """

    model: Path
    evidence: Evidence
    kind: str = "quantize"

    def identity(self) -> Mapping[str, Any]:
        """The float model and its pictures."""
        evidence = self.evidence
        judged = evidence.evaluation
        settings = {
            "data": list(evidence.data),
            "split": evidence.split,
            "pictures": evidence.pictures,
            "eval": [str(judged), judged.stat().st_size] if judged is not None and judged.is_file() else str(judged),
            "eval_split": evidence.evaluation_split,
            "eval_pictures": evidence.evaluation_pictures,
        }
        return {"model": read_model(self.model).sha256, "settings": settings}

    def open(self) -> Task:
        """Look at the calibration pictures with the float model."""
        cv2.setNumThreads(1)
        return partial(self._do, Subject(self.model, self.evidence))

    def _do(self, subject: Subject, item: Item) -> Done:
        with tempfile.TemporaryDirectory(prefix="edgedet-") as folder:
            made = self.model if item.key == FLOAT else subject.quantize(choose(item.key), Path(folder))
            detector = Detector(made, confidence=CONFIDENCE, max_detections=MAX_DETECTIONS, runtime="litert", threads=1)
            assert subject.dataset is not None
            found = predict([detector], subject.dataset)[0]
            files = {f"{MODELS}/{path.name}": path.read_bytes() for path in Path(folder).iterdir()}
        values = {
            "name": item.key,
            "file": f"{MODELS}/{made.name}" if files else str(self.model),
            "size_bytes": detector.model.size_bytes,
            "sha256": detector.model.sha256,
            "accuracy": score(subject.dataset, found.found).to_dict(),
        }
        return Done((json.dumps(values, ensure_ascii=False),), frames=len(found.found), files=files)


def candidates(recipes: str) -> list[Item]:
    """The float model and the candidates made of it.

    Args:
        recipes: as ``int8@entropy,float16``; empty: every recipe, the calibrated ones with every method.

    Raises:
        ConfigError: there is no such recipe, or none is named.
    """
    if recipes:
        names = [choose(text).name for text in recipes.split(",") if text.strip()]
        if not names:
            raise ConfigError(f"--recipes: {recipes!r}: names none; leave it out for all of them")
    else:
        names = [
            choose(name, method).name
            for name, recipe in RECIPES.items()
            for method in (METHODS if recipe.calibrated else ("min-max",))
        ]
    return [Item(name) for name in (FLOAT, *dict.fromkeys(names))]


def ranking(lines: Iterable[str], failed: Sequence[Mapping[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Rows for :func:`edgedet.lab.quantize.table.table`, the best mAP first, what failed last.

    Latency and memory are measured here and now, all candidates taking turns with nothing beside them.

    Args:
        lines: of all workers.
        failed: what failed, with ``source`` and ``reason``.
        folder: the output folder.
    """
    rows = [json.loads(line) for line in lines]
    reference = next((_points(row) for row in rows if row["name"] == FLOAT), None)
    proofs = prove([(row["name"], folder / row["file"]) for row in rows], None) if rows else []
    measured: Iterator[dict[str, Any]] = (proof.to_dict() for proof in proofs)
    ranked = [
        {**proof, **row, "drop_points": _drop(reference, _points(row)), "refused": False}
        for row, proof in zip(rows, measured, strict=True)
    ]
    ranked.sort(key=lambda row: (-(_points(row) or 0.0), row["size_bytes"], row["name"]))
    return [*ranked, *({"name": each["source"], "failure": each["reason"]} for each in failed)]


def _points(row: Mapping[str, Any]) -> float | None:
    value = row["accuracy"]["mean"]["AP"]
    return None if value is None else value * 100


def _drop(reference: float | None, points: float | None) -> float | None:
    return None if reference is None or points is None else round(reference - points, 3)
