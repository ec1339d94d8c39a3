"""A model's card for people."""

from __future__ import annotations

from typing import Any

_FIRST = ("architecture", "task", "labels", "file", "size_bytes", "sha256", "licence")
_TITLES = {"size_bytes": "size", "sha256": "SHA-256"}


_LONG = 30
"""Entries of a list from which they are only counted."""


def render(card: dict[str, Any]) -> str:
    """A card as Markdown: a table of its plain facts, then a section for everything that has parts.

    >>> print(render({"name": "tiny", "labels": ["cat", "dog"], "input": {"dtype": "int8"}}), end="")
    # tiny
    <BLANKLINE>
    | | |
    | --- | --- |
    | labels | cat, dog |
    <BLANKLINE>
    ## Input
    <BLANKLINE>
    - dtype: int8
    """
    facts = {key: value for key, value in card.items() if not _has_parts(value) and key != "name"}
    ordered = [key for key in _FIRST if key in facts] + [key for key in facts if key not in _FIRST]
    lines = [f"# {card['name']}", "", "| | |", "| --- | --- |"]
    lines += [f"| {_title(key)} | {_text(key, facts[key])} |" for key in ordered]
    for key, value in card.items():
        if _has_parts(value):
            lines += ["", f"## {_title(key).capitalize()}", "", *_bullets(value, 0)]
    return "\n".join(lines) + "\n"


def _bullets(value: Any, depth: int) -> list[str]:
    indent = "  " * depth
    items = value.items() if isinstance(value, dict) else enumerate(value, 1)
    lines: list[str] = []
    for key, part in items:
        if _is_table(part):
            lines += [f"{indent}- {_title(str(key))}:", "", *_table(part, "  " * (depth + 1)), ""]
        elif _has_parts(part):
            lines += [f"{indent}- {_title(str(key))}:", *_bullets(part, depth + 1)]
        else:
            lines.append(f"{indent}- {_title(str(key))}: {_text(str(key), part)}")
    return lines


def _is_table(value: Any) -> bool:
    """Whether it is several rows of the same plain columns."""
    if not isinstance(value, dict) or len(value) < 2:
        return False
    rows = list(value.values())
    return all(isinstance(row, dict) and row and row.keys() == rows[0].keys() for row in rows) and not any(
        _has_parts(cell) for row in rows for cell in row.values()
    )


def _table(value: dict[str, dict[str, Any]], indent: str) -> list[str]:
    columns = list(next(iter(value.values())))
    lines = [f"{indent}| | {' | '.join(map(_title, columns))} |", f"{indent}|{' --- |' * (len(columns) + 1)}"]
    for name, row in value.items():
        lines.append(f"{indent}| {_title(name)} | {' | '.join(_text(key, cell) for key, cell in row.items())} |")
    return lines


def _has_parts(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value)
    )


def _title(key: str) -> str:
    return _TITLES.get(key, key.replace("_", " "))


def _text(key: str, value: Any) -> str:
    if key == "size_bytes":
        return f"{value:,} bytes"
    if isinstance(value, list) and len(value) > _LONG:
        return f"{len(value):,} entries, in the JSON beside this"
    if value is None:
        return "-"
    if isinstance(value, list):
        return ", ".join(_text("", part) for part in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    text = " ".join(str(value).split()).replace("|", "\\|")
    return f"`{text}`" if key in ("file", "sha256", "decode", "command") else text
