"""One table: from what is given to its checked, typed form, or one line for each thing that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from edgedet.config.section import Section
from edgedet.keys import Key, keys_of
from edgedet.mistakes import one_line, refusal, show, unfit
from edgedet.settings.given import Table


def build(kind: type[Section], table: Table, problems: list[str]) -> Section | None:
    """The section, or None if there are problems; they are added."""
    wrong = [
        f"{each.origin}: {each.name}: {show(each.value)} {fault}"
        for each in table.keys.values()
        if (fault := unfit(each.value))
    ]
    section = None
    try:
        section = kind(**{short: each.value for short, each in table.keys.items()})
    except ValidationError as error:
        keys = keys_of(kind, table.name)
        for problem in error.errors(include_url=False, include_context=False):
            wrong.append(_explain(problem, table, keys))
    problems += wrong
    return None if wrong else section


def _explain(problem: Mapping[str, Any], table: Table, keys: Mapping[str, Key]) -> str:
    """What pydantic found, as a line."""
    said = one_line(str(problem["msg"]).removeprefix("Value error, "))
    if not problem["loc"]:
        return _explain_whole(said, table, keys)
    short, *path = problem["loc"]
    if short not in table.keys:  # its default is of no use: it has to be given
        return f"{_place(table)}: {table.name}: {short} is missing; add {short} = ..."
    each = table.keys[short]
    if problem["type"] == "value_error":
        return f"{each.at(path)}: {each.name}: {said.removeprefix(f'{short}: ')}"
    return f"{each.at(path)}: {refusal(keys[short], each.name, each.value, path)}"


def _explain_whole(said: str, table: Table, keys: Mapping[str, Key]) -> str:
    """A mistake between several keys; the text begins with the one to change, which may have a line of its own."""
    short, colon, rest = said.partition(": ")
    if not colon or short not in keys:
        return f"{_place(table)}: {table.name}: {said}"
    each = table.keys.get(short)
    return f"{each.origin if each else _place(table)}: {table.name}.{short}: {rest}"


def _place(table: Table) -> str:
    """Where a table stands; one that isn't in the file is where what is given of it comes from."""
    return table.origin or ", ".join(dict.fromkeys(given.origin for given in table.keys.values()))
