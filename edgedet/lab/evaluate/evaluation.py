"""Several models beside each other on one dataset: what ``edgedet evaluate`` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edgedet.inference.detector import Detector
from edgedet.lab.datasets import Dataset
from edgedet.lab.evaluate.calibration import Reliability, reliability
from edgedet.lab.evaluate.corruptions import conditions, corrupted
from edgedet.lab.evaluate.figures import Figures, score
from edgedet.lab.evaluate.matching import Matches, match
from edgedet.lab.evaluate.parity import Parity, compare
from edgedet.lab.evaluate.predict import Prediction, predict, read_pictures
from edgedet.lab.evaluate.thresholds import Recommendation, recommend
from edgedet.types import Image

Progress = Callable[[Iterable[Image], str], Iterable[Image]]
"""Passes pictures on and may show how far they are; the text says what is being done."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What one model on one runtime achieved.

    Attributes:
        name: the model's file.
        runtime: the package and its version.
        size_bytes, sha256: of the file.
        invoke_p50_ms: median milliseconds of one run of the model, the models taking turns.
        figures: its accuracy.
        parity: how much it sees of what the first model sees; None for the first itself.
        thresholds: which confidence to set for each class.
        reliability: whether its confidences are right.
        matches: the detections of each class, for curves.
    """

    name: str
    runtime: str
    size_bytes: int
    sha256: str
    invoke_p50_ms: float
    figures: Figures
    parity: Parity | None
    thresholds: Mapping[str, Recommendation]
    reliability: Reliability
    matches: Mapping[str, Matches]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for reports and model cards."""
        return {
            "model": self.name,
            "runtime": self.runtime,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "invoke_p50_ms": round(self.invoke_p50_ms, 3),
            "figures": self.figures.to_dict(),
            "parity": None if self.parity is None else self.parity.to_dict(),
            "thresholds": {label: found.to_dict() for label, found in self.thresholds.items()},
            "reliability": self.reliability.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Stress:
    """AP50 under one condition.

    Attributes:
        condition: as reports show it; the first of a table is the unharmed one.
        ap50: of each model, 0 to 1; None where there is nothing to find.
    """

    condition: str
    ap50: tuple[float | None, ...]

    def relative(self, clean: Stress) -> tuple[float | None, ...]:
        """Each model's AP50 as a part of its own without harm; None where that is 0 or unknown."""
        pairs = zip(self.ap50, clean.ap50, strict=True)
        return tuple(now / before if now is not None and before else None for now, before in pairs)

    def to_dict(self, clean: Stress) -> dict[str, Any]:
        """Plain values for reports and model cards; one of each model in the lists."""
        both = {"AP50": self.ap50, "relative": self.relative(clean)}
        rounded = {name: [None if v is None else round(v, 4) for v in values] for name, values in both.items()}
        return {"condition": self.condition, **rounded}


def _unwatched(images: Iterable[Image], _: str) -> Iterable[Image]:
    return images


def evaluate(
    detectors: Sequence[Detector], dataset: Dataset, precision: float = 0.9, progress: Progress = _unwatched
) -> list[Result]:
    """Measure models on a dataset.

    Args:
        detectors: of :func:`edgedet.lab.evaluate.runtimes.open_detector`; parity is against the first.
        dataset: with classes that all of them know.
        precision: what the second recommended confidence of each class must reach, 0 to 1.
        progress: watches the pictures go by.

    Raises:
        DataError: the dataset is empty, or a picture of it can't be read.
        ExtraMissing: pycocotools isn't installed.
    """
    return judge(
        detectors, dataset, predict(detectors, dataset, progress(read_pictures(dataset), "evaluating")), precision
    )


def judge(
    detectors: Sequence[Detector], dataset: Dataset, predictions: Sequence[Prediction], precision: float = 0.9
) -> list[Result]:
    """Measure models by what they found, wherever that was: see :func:`evaluate`.

    Args:
        detectors, dataset, precision: as :func:`evaluate`'s.
        predictions: of each detector.
    """
    results: list[Result] = []
    for detector, prediction in zip(detectors, predictions, strict=True):
        matches = match(dataset, prediction.found)
        results.append(
            Result(
                name=str(detector.model.path),
                runtime=detector.runtime.name,
                size_bytes=detector.model.size_bytes,
                sha256=detector.model.sha256,
                invoke_p50_ms=prediction.invoke_p50_ms,
                figures=score(dataset, prediction.found),
                parity=_parity(predictions[0], prediction, results[0]) if results else None,
                thresholds={label: recommend(found, precision) for label, found in matches.items()},
                reliability=reliability(matches.values()),
                matches=matches,
            )
        )
    return results


def _parity(first: Prediction, other: Prediction, result: Result) -> Parity:
    thresholds = {label: r.best_f1.score for label, r in result.thresholds.items() if r.best_f1 is not None}
    return compare(first.found, other.found, thresholds)


def robustness(
    detectors: Sequence[Detector], dataset: Dataset, seed: int = 0, progress: Progress = _unwatched
) -> Iterator[Stress]:
    """AP50 on the pictures as they are, then under every corruption at every strength.

    Args:
        detectors, dataset, progress: as :func:`evaluate`'s.
        seed: of the corruptions' random numbers.
    """
    yield _stress(detectors, dataset, "clean", progress(read_pictures(dataset), "clean"))
    for condition in conditions():
        images = corrupted(read_pictures(dataset), dataset, condition, seed)
        yield _stress(detectors, dataset, str(condition), progress(images, str(condition)))


def adversarial(
    detectors: Sequence[Detector], dataset: Dataset, model: Any, seed: int = 0, progress: Progress = _unwatched
) -> Iterator[Stress]:
    """AP50 on the pictures resized to a float network's input, then on the same attacked through that network.

    Args:
        detectors, dataset, progress: as :func:`evaluate`'s.
        model: the network, an :class:`edgedet.lab.training.checkpoint.TrainedModel`.
        seed: of PGD's start.
    """
    from edgedet.lab.evaluate.attacks import ATTACKS, attacked

    for attack in ATTACKS:
        images = progress(attacked(model, dataset, attack, seed), str(attack))
        yield _stress(detectors, dataset, str(attack), images)


def _stress(detectors: Sequence[Detector], dataset: Dataset, name: str, images: Iterable[Image]) -> Stress:
    predictions = predict(detectors, dataset, images)
    return Stress(name, tuple(score(dataset, prediction.found).mean.ap50 for prediction in predictions))
