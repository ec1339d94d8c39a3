"""Zones, lines and rules written into the text of a settings file; comments, order and layout stay."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Array, InlineTable, Table, Whitespace

from edgedet.config import CameraConfig, Section
from edgedet.web.drawing_cut import without

NEAR = 0.0005
"""Fraction of the frame up to which two points are the same: nobody draws finer."""
_MANY = 12
"""Points from which each has a line of its own."""
KINDS = ("zones", "lines", "rules")

Named = Mapping[str, Section]


def edited(text: str, now: CameraConfig, wanted: Mapping[str, Named], alone: bool) -> str:
    """The text with other zones, lines or rules of one camera.

    Where the file has them for all cameras, and there are others, the camera gets its own instead.

    Args:
        text: of a valid settings file.
        now: the camera as this text describes it.
        wanted: all its ``zones``, ``lines`` or ``rules``, by name; what is left out of these three stays as it is.
        alone: whether the file is about this camera alone.

    Raises:
        ConfigError: what is to go is there for all cameras, or the file is laid out in a way that can't be edited.
    """
    made = text
    for kind in KINDS:
        for name in getattr(now, kind):
            if name not in wanted.get(kind, getattr(now, kind)):
                made = without(made, now.name, kind, name, alone)
    document = tomlkit.parse(made)
    owner = _camera(document, now.name)
    for kind in KINDS:
        if kind in wanted:
            _edit_kind(document, owner, kind, getattr(now, kind), wanted[kind], alone)
    made = document.as_string().rstrip("\n") + "\n"
    return made if made.strip() != text.strip() else text


def _camera(document: tomlkit.TOMLDocument, name: str) -> MutableMapping[str, Any]:
    """The camera's own table; the whole document where there is no ``[[camera]]``."""
    cameras = document.get("camera")
    if not cameras:
        return document
    return next(each for each in cameras if each["name"] == name)


def _edit_kind(
    document: MutableMapping[str, Any],
    owner: MutableMapping[str, Any],
    kind: str,
    now: Named,
    wanted: Named,
    alone: bool,
) -> None:
    own, shared = owner.get(kind, {}), {} if owner is document else document.get(kind, {})
    for name, section in wanted.items():
        if name in now and not (found := changes(now[name], section)):
            continue
        if name in own:
            _set(own[name], found)
        elif name in shared and alone:
            _set(shared[name], found)
        else:
            _add(owner, kind, name, section)


def changes(now: Section, wanted: Section) -> dict[str, Any]:
    """The keys that aren't the same, and their new values."""
    pairs = ((name, getattr(now, name), getattr(wanted, name)) for name in type(wanted).model_fields)
    return {name: new for name, old, new in pairs if not _same(old, new)}


def _same(old: Any, new: Any) -> bool:
    """Equal; of points, near enough."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_near, old, new))
    return bool(old == new)


def _near(old: Any, new: Any) -> bool:
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(old - new) <= NEAR
    return _same(old, new)


def _set(table: MutableMapping[str, Any], changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        there = table.get(name)
        if isinstance(there, Array) and isinstance(value, list) and len(there) == len(value):
            _move(there, value)
        else:
            table[name] = _item(value)


def _move(there: Any, value: list[Any]) -> None:
    """Change an array's own elements: comments between them stay."""
    for index, new in enumerate(value):
        if isinstance(new, list) and isinstance(there[index], Array) and len(there[index]) == len(new):
            _move(there[index], new)
        elif not _near(there[index], new):
            there[index] = _item(new)


def _add(owner: MutableMapping[str, Any], kind: str, name: str, section: Section) -> None:
    """A new table, after those of its kind; only what isn't the default is written."""
    fields = type(section).model_fields
    values = {key: getattr(section, key) for key in fields if getattr(section, key) != fields[key].default}
    group = owner.get(kind)
    if isinstance(owner, InlineTable) or isinstance(group, InlineTable):
        table: Any = tomlkit.inline_table()
    else:
        table = tomlkit.table()
    for key, value in values.items():
        table[key] = _item(value)
    if isinstance(table, Table):
        for item in _tail(group if group is not None else owner):
            table.add(item)
    if group is None:
        owner[kind] = tomlkit.table(is_super_table=True)
    owner[kind][name] = table


def _tail(tables: Any) -> list[Any]:
    """What comes after the last value, from the first empty line on: it is about what follows, so it must come last."""
    body = _last_body(tables)
    if body is None:
        return [tomlkit.nl()]
    begin = len(body)
    while begin and body[begin - 1][0] is None:
        begin -= 1
    empty = next((n for n in range(begin, len(body)) if isinstance(body[n][1], Whitespace)), None)
    if empty is None:
        body.append((None, Whitespace("\n")))
        return [tomlkit.nl()]
    tail = [item for _, item in body[empty + 1 :]]
    del body[empty + 1 :]
    return [tomlkit.nl(), *tail]


def _last_body(tables: Any) -> list[Any] | None:
    """The lines of the last of tables within tables; None: they stand in several places."""
    while isinstance(tables, Table | AoT | TOMLDocument):
        if isinstance(tables, AoT):
            tables = tables[-1]
            continue
        body: list[Any] = (tables if isinstance(tables, TOMLDocument) else tables.value).body
        if not body or not isinstance(body[-1][1], Table | AoT):
            return body
        tables = body[-1][1]
    return None


def _item(value: Any) -> Any:
    made = tomlkit.item(value)
    if isinstance(made, Array) and len(made) > _MANY:
        made.multiline(True)
    return made
