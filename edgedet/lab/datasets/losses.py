"""What a format can't hold of a dataset."""

from __future__ import annotations

from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.formats import FORMATS


def losses(dataset: Dataset, format: str) -> tuple[str, ...]:
    """What of this dataset gets lost in a format, in a few words each; empty: nothing.

    Args:
        dataset: the pictures.
        format: a key of :data:`edgedet.lab.datasets.formats.FORMATS`.
    """
    form = FORMATS[format]
    crowds = sum(int(picture.crowd.sum()) for picture in dataset)
    partly = sum(not picture.known.all() for picture in dataset)
    empty = sum(len(picture) == 0 for picture in dataset)
    unsplit = sum(not picture.split for picture in dataset)
    counted = [picture.id for picture in dataset] == list(range(1, len(dataset) + 1))
    twice = len(dataset) - len({picture.path for picture in dataset})
    found = {
        "crowd": f"the crowd mark of {crowds} boxes" if crowds else "",
        "known": f"that some classes aren't boxed in {partly} pictures" if partly else "",
        "empty": f"{empty} pictures without a box" if empty else "",
        "no split": f"that {unsplit} pictures have no split (they become train)" if unsplit else "",
        "twice": f"{twice} more entries of files that are listed twice" if twice else "",
        "ids": "" if counted else "picture ids",
    }
    lost = [text for key, text in found.items() if text and key not in form.keeps]
    if form.keeps_extra is not None:
        lost += sorted(_extras(dataset) - form.keeps_extra)
    return tuple(lost)


def _extras(dataset: Dataset) -> set[str]:
    """The names of what else is said, where something is said."""
    pictures = {key for picture in dataset for key, value in picture.extra.items() if value not in (None, "")}
    boxes = {"box ids" if key == "id" else key for p in dataset for extra in p.box_extra for key in extra}
    whole = {key for key, value in dataset.extra.items() if value and key != "categories"}
    return pictures | boxes | whole
