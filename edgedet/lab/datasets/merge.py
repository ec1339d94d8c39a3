"""Several datasets as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset, Picture


def merge(datasets: Sequence[Dataset], labels: Sequence[str] | None = None) -> Dataset:
    """The pictures of several datasets under one list of labels.

    A class that a dataset doesn't have is unknown in its pictures: they may show it without a box. Picture ids are
    kept if no two are equal, and given anew from 1 otherwise. Licences keep pointing at their own entry.

    Args:
        datasets: at least one.
        labels: the classes to have; None: all, in the order they come.

    Raises:
        DataError: none of the datasets has one of the labels.
    """
    every = tuple(dict.fromkeys(name for dataset in datasets for name in dataset.labels))
    missing = [name for name in labels or () if name not in every]
    if missing:
        raise DataError(f"{', '.join(missing)}: no class of the datasets; there are {', '.join(every) or 'none'}")
    parts = [dataset.with_labels(labels or every) for dataset in datasets]
    if len(parts) == 1:
        return parts[0]
    parts, licences = _with_licences(parts)
    pictures = [picture for part in parts for picture in part]
    if max(Counter(picture.id for picture in pictures).values(), default=1) > 1:
        pictures = [replace(picture, id=number) for number, picture in enumerate(pictures, 1)]
    categories = {str(c["name"]): c for part in reversed(parts) for c in part.extra.get("categories", ())}
    extra = {"categories": list(categories.values())} | ({"licenses": licences} if licences else {})
    return Dataset(tuple(labels or every), tuple(pictures), "+".join(part.name for part in parts), extra)


def _with_licences(parts: list[Dataset]) -> tuple[list[Dataset], list[dict[str, Any]]]:
    """The datasets with licence ids that no two use for different licences, and all licences."""
    tables = [{entry.get("id"): entry for entry in part.extra.get("licenses") or ()} for part in parts]
    # an id without an entry can't be told from another's: it keeps its number, and nothing else gets that
    taken = {
        _licence(picture)
        for part, table in zip(parts, tables, strict=True)
        for picture in part
        if _licence(picture) not in table
    }
    licences: list[dict[str, Any]] = []
    moved = []
    for part, table in zip(parts, tables, strict=True):
        new_ids: dict[Any, Any] = {}
        for old, entry in table.items():
            same = [known for known in licences if entry | {"id": 0} == known | {"id": 0}]
            if not same:
                free = old if old not in taken else next(n for n in range(1, len(taken) + 2) if n not in taken)
                same = [entry | {"id": free}]
                licences += same
                taken.add(free)
            new_ids[old] = same[0]["id"]
        moved.append(replace(part, pictures=tuple(_with_licence(picture, new_ids) for picture in part)))
    return moved, licences


def _with_licence(picture: Picture, new_ids: dict[Any, Any]) -> Picture:
    licence = _licence(picture)
    return replace(picture, extra=picture.extra | {"license": new_ids[licence]}) if licence in new_ids else picture


def _licence(picture: Picture) -> int | str | None:
    number = picture.extra.get("license")
    return number if isinstance(number, int | str) else None
