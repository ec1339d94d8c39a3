"""A zone, line or rule taken out of the text of a settings file; what is said around it stays."""

from __future__ import annotations

import re
from typing import Any

import tomlkit

from edgedet.errors import ConfigError
from edgedet.toml import locate

_HEADER = re.compile(r"\s*\[(?!\[)")
_CLOSER = re.compile(r"\s*[\]}]")


def without(text: str, camera: str, kind: str, name: str, alone: bool) -> str:
    """The text without one camera's zone, line or rule.

    Args:
        text: of a valid settings file.
        camera: its name; it doesn't matter where there is no ``[[camera]]``.
        kind: ``zones``, ``lines`` or ``rules``.
        name: of what is to go.
        alone: whether the file is about this camera alone; else what is there for all of them stays.

    Raises:
        ConfigError: it is there for all cameras.
    """
    document: Any = tomlkit.parse(text)
    cameras = document.get("camera", [])
    if cameras and not alone and name in document.get(kind, {}):
        raise ConfigError(f"{kind}.{name}: it is there for all cameras; take it out of the file by hand")
    text = _cut(text, (kind, name))
    index = next((n for n, each in enumerate(cameras) if each["name"] == camera), None)
    return text if index is None else _cut(text, ("camera", index, kind, name))


def _cut(text: str, way: tuple[str | int, ...]) -> str:
    """The text without what is at a way, if it is there: a table's own lines, or an entry of a table in a line."""
    where, lines = locate(text), text.split("\n")
    if way not in where:
        return text
    first = where[way]
    if not _HEADER.match(lines[first - 1]):
        document: Any = tomlkit.parse(text)
        owner = document
        for step in way[:-1]:
            owner = owner[step]
        del owner[way[-1]]
        made: str = document.as_string()
        return made
    last = max(line for path, line in where.items() if path[: len(way)] == way)
    following = min((line for line in where.values() if line > last), default=len(lines) + 1)
    last = max([last, *(line for line in range(last + 1, following) if _CLOSER.match(lines[line - 1]))])
    if last < len(lines) and not lines[last].strip():
        last += 1
    return "\n".join(lines[: first - 1] + lines[last:])
