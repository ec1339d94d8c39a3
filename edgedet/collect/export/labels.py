"""The labels of a collection."""

from __future__ import annotations

from collections.abc import Sequence

from edgedet.collect.item import Item


def labels_of(items: Sequence[Item]) -> list[str]:
    """All that their models know, in their order."""
    return list(dict.fromkeys(label for item in items for label in item.labels))
