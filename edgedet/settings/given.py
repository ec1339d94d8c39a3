"""What a layer says, before anything is made of it: values, where they stand, and the tables they stand in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """A value.

    Attributes:
        name: what an error calls it: ``detect.confidence``, ``camera.front.detect.confidence``.
        value: as it was read.
        origin: where it stands: ``edgedet.toml:12``, ``EDGEDET_PORT``, ``--port``.
        within: where what is at a path inside it stands; None: nothing inside has a place of its own.
    """

    name: str
    value: Any
    origin: str
    within: Callable[[Sequence[str | int]], str] | None = None

    def at(self, path: Sequence[str | int]) -> str:
        """Where the part of the value at this path stands."""
        return self.within(path) if self.within and path else self.origin


@dataclass(slots=True)
class Table:
    """A table of the file, such as ``[detect]`` or ``[zones.porch]``.

    Attributes:
        name: what an error calls it: ``detect``, ``camera.front.zones.porch``.
        origin: where it begins; empty: nowhere.
        keys: what it gives, by short name.
    """

    name: str
    origin: str = ""
    keys: dict[str, Given] = field(default_factory=dict)


@dataclass(slots=True)
class Tables:
    """All that the file says for every camera, or for one.

    Attributes:
        sections: ``[detect]`` and its like, by name.
        named: ``[zones.porch]`` and its like, by what they are (``zones``) and by their own names.
    """

    sections: dict[str, Table] = field(default_factory=dict)
    named: dict[str, dict[str, Table]] = field(default_factory=dict)


@dataclass(slots=True)
class Camera:
    """A ``[[camera]]`` of the file.

    Attributes:
        name: its name; of one without a fit name, what an error calls it.
        label: what an error calls it: ``camera.front``.
        origin: where it begins.
        named_at: where its name stands.
        tables: what it has otherwise than the others.
    """

    name: str
    label: str
    origin: str
    named_at: str
    tables: Tables = field(default_factory=Tables)
