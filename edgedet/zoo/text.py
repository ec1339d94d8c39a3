"""A card as people read it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

_FIRST = (
    "description", "architecture", "task", "labels", "input", "data", "training", "quantization", "figures",
    "thresholds", "latency", "robustness", "intended_use", "limits", "privacy", "licence", "source", "url",
)  # fmt: skip
_FOR_PROGRAMS = {"name", "file", "outputs", "decode", "anchors", "head", "layout", "self_test"}

_LONG = 100
"""Entries of a list from which they are only counted; COCO has 90 labels."""


def card_text(card: Mapping[str, Any], width: int = 100) -> str:
    """A card's content, one thing a line, what matters most first; what only programs need is left out.

    >>> print(card_text({"limits": "never alone", "figures": {"int8": {"val person": {"AP": 0.1, "AP50": 0.27}}}}))
    figures
      int8
        val person  AP 0.1, AP50 0.27
    limits          never alone

    Args:
        card: as its JSON has it.
        width: columns, 40 or more.
    """
    order = [key for key in _FIRST if key in card] + [key for key in card if key not in _FIRST]
    rows = [row for key in order if key not in _FOR_PROGRAMS for row in _rows(key, card[key], 0, width)]
    column = min(max((len(head) for head, text in rows if text is not None), default=0) + 2, 32)
    return "\n".join(line for head, text in rows for line in _wrapped(head, text, column, width))


def _rows(key: str, value: Any, depth: int, width: int) -> Iterator[tuple[str, str | None]]:
    """What stands left and right, line by line; None on the right where a table follows below."""
    head = "  " * depth + key.replace("_", " ")
    nested = isinstance(value, Mapping) and any(isinstance(inner, Mapping) for inner in value.values())
    if isinstance(value, Mapping) and (nested or len(_inline(value)) > width // 2):
        yield head, None
        for inner, content in value.items():
            yield from _rows(str(inner), content, depth + 1, width)
    else:
        yield head, _inline(value)


def _wrapped(head: str, text: str | None, column: int, width: int) -> Iterator[str]:
    if text is None:
        yield head
        return
    lines = textwrap.wrap(text, max(width - column, 20), break_on_hyphens=False, break_long_words=False) or [""]
    yield f"{head:<{column - 1}} {lines[0]}".rstrip()
    yield from (" " * column + line for line in lines[1:])


def _inline(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_inline(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        if len(value) > _LONG:
            return f"{len(value):,} entries (models show --json has them)"
        return ", ".join(map(_inline, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not stated"}[value]
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)
