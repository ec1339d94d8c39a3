"""What of a dataset a set of models can be measured on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgedet.errors import DataError
from edgedet.inference.detector import Detector
from edgedet.lab.datasets import Dataset

_SHOWN = 10


def of_split(dataset: Dataset, split: str, path: Path) -> Dataset:
    """The pictures of one split, or all if ``split`` is empty.

    Args:
        dataset: as read.
        split: ``val``, for instance.
        path: the dataset's file, for messages.

    Raises:
        DataError: there are none.
    """
    chosen = dataset.of_split(split) if split else dataset
    if len(chosen):
        return chosen
    splits = sorted({picture.split for picture in dataset if picture.split})
    if split and len(dataset):
        remedy = f"it has {', '.join(splits)}" if splits else "its pictures aren't of any split: leave --split out"
        raise DataError(f"{path}: no pictures of split {split!r} in it; {remedy}")
    raise DataError(f"{path}: no pictures in it; nothing can be evaluated")


def narrowed(dataset: Dataset, detectors: Sequence[Detector], path: Path) -> tuple[Dataset, list[str]]:
    """The dataset with only the classes that it shares with every model.

    Args:
        dataset: the pictures.
        detectors: whose labels count.
        path: the dataset's file, for messages.

    Returns:
        The dataset, and one line for each list of classes that had to be left out.

    Raises:
        DataError: they share none, or no object of those they share is annotated.
    """
    shared = tuple(name for name in dataset.labels if all(name in detector.labels for detector in detectors))
    if not shared:
        known = "; ".join(dict.fromkeys(f"{d.model.path} knows {_names(d.labels)}" for d in detectors))
        raise DataError(
            f"{path}: has {_names(dataset.labels)}, but {known}: no class in common; "
            "evaluate on pictures of what the models know, or rename the classes"
        )
    chosen = dataset.with_labels(shared)
    if not any((picture.known[picture.labels] & ~picture.crowd).any() for picture in chosen):
        raise DataError(f"{path}: no {' or '.join(shared)} is annotated in it; nothing can be measured")
    notes = []
    if others := [name for name in dataset.labels if name not in shared]:
        notes.append(f"not every model knows {_names(others)}: left out")
    for detector in detectors:
        if lacking := [name for name in detector.labels if name not in dataset.labels]:
            notes.append(f"the data has no {_names(lacking)}, which {detector.model.path.name} knows: left out")
    return chosen, list(dict.fromkeys(notes))


def _names(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    return ", ".join(labels[:_SHOWN]) + more
