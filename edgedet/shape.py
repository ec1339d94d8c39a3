"""What may stand as a setting's value, in words: taken from its type and limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

_EXAMPLES = {"point": "[0.5, 0.5]", "polygon": "[[0.1, 0.5], [0.6, 0.5], [0.6, 1]]", "text": '["person"]'}


@dataclass(frozen=True, slots=True)
class Shape:
    """A type of value.

    Attributes:
        kind: bool, int, float, str, Path, list or dict.
        choices: the only texts that may stand there; empty if it isn't a choice.
        limits: the least and the most of a number, or of how many are in a list, by pydantic's names: ``ge``.
        item: what is in a list or, by name, in a table; None for other kinds.
    """

    kind: type
    choices: tuple[str, ...] = ()
    limits: tuple[tuple[str, Any], ...] = ()
    item: Shape | None = None

    @property
    def noun(self) -> str:
        """What one is called among several: ``point``."""
        if self.kind is list and self.item is not None:
            return {float: "point", int: "point", list: "polygon"}.get(self.item.kind, "list")
        return "number" if self.kind in (int, float) else "text"

    @property
    def words(self) -> str:
        """What may stand there: ``a number from 0 to 1``."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is list:
            return self._list_words()
        if self.kind is dict:
            return "a table of numbers"
        if self.kind is bool:
            return "true or false"
        if self.kind in (int, float):
            return _number(self.kind, dict(self.limits))
        return "a path in quotes" if self.kind is Path else "text in quotes"

    @property
    def example(self) -> str:
        """A list or table as it would stand there; empty for other kinds."""
        if self.kind is dict:
            return "{ person = 0.4 }"
        if self.kind is not list or self.item is None:
            return ""
        if self.item.noun == "polygon":
            return f"[{_EXAMPLES['polygon']}]"
        return _EXAMPLES.get(self.item.noun if self.noun == "list" else self.noun, "")

    def _list_words(self) -> str:
        assert self.item is not None
        if self.noun == "point":
            return f"a point [x, y] of numbers{self.item.words.removeprefix('a number')}"
        least = dict(self.limits).get("min_length", 0)
        return f"a list of {f'{least} or more ' if least else ''}{self.item.noun}s"

    def descend(self, path: Sequence[str | int], value: Any) -> tuple[Shape, list[str], Any]:
        """What should stand at a path inside a value, the way there in words, and what stands there.

        A point is named whole, not by one of its numbers.
        """
        shape, way = self, []
        for step in path:
            if shape.item is None or shape.noun == "point":
                break
            way.append(f"{shape.item.noun} {step + 1}" if isinstance(step, int) else step)
            try:
                shape, value = shape.item, value[step]
            except (KeyError, IndexError, TypeError):  # pydantic's word for a table's key: it has no value
                break
        return shape, way, value


def shape_of(annotation: Any, metadata: Iterable[Any] = ()) -> Shape:
    """The shape of a type annotation; a field's limits stand beside it, in its metadata."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return shape_of(inner, [*more, *metadata])
    if get_origin(annotation) in (Union, UnionType):  # Path | None
        return shape_of(next(part for part in get_args(annotation) if part is not type(None)), metadata)
    if get_origin(annotation) is Literal:
        return Shape(str, choices=get_args(annotation))
    if get_origin(annotation) in (list, dict):
        item = shape_of(get_args(annotation)[-1])
        return Shape(get_origin(annotation) or list, limits=_limits(metadata), item=item)
    return Shape(annotation, limits=_limits(metadata))


def _limits(metadata: Iterable[Any]) -> tuple[tuple[str, Any], ...]:
    """From ``Field(ge=0)`` as it stands in an annotation, and from what pydantic makes of it in a field."""
    parts = [part for each in metadata for part in (each.metadata if isinstance(each, FieldInfo) else [each])]
    names = ("ge", "gt", "le", "lt", "min_length", "max_length")
    return tuple((name, getattr(part, name)) for part in parts for name in names if hasattr(part, name))


def _number(kind: type, bounds: dict[str, Any]) -> str:
    low = f" from {bounds['ge']:g}" if "ge" in bounds else f" above {bounds['gt']:g}" if "gt" in bounds else ""
    high = f" to {bounds['le']:g}" if "le" in bounds else ""
    return ("a whole number" if kind is int else "a number") + low + high
