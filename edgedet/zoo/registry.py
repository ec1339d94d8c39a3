"""What is known of each model before it is here: ``registry.toml``, and a user's own file of the same form.

::

    [models.my-detector]
    url = "https://models.example/my-detector.tflite"
    sha256 = "..."
    labels = ["person", "forklift"]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from edgedet.errors import ConfigError
from edgedet.toml import hide, locate, parse, read_text
from edgedet.zoo.digest import Digest
from edgedet.zoo.name import is_name
from edgedet.zoo.sample import Sample

OWN = Path(__file__).with_name("registry.toml")
"""The registry that comes with edgedet."""
_KEY_ID = re.compile(r"[0-9A-Fa-f]{16}")

Side = Annotated[int, Field(ge=1, le=8192)]


class Entry(BaseModel):
    """A model that can be pulled.

    Attributes:
        name: what ``pull`` and ``-m`` know it by.
        url: where the ``.tflite`` file itself is, http or https.
        sha256, git_blob: the file's hash; None where nobody states one.
        hash_from: who states it.
        size: bytes; None: not stated.
        input: (width, height) in pixels.
        labels: by class id, ``???`` for an id without meaning.
        licence, source, description: for people; ``source`` is the page it is documented on.
        self_test: what it finds in pictures every camera has; see :mod:`edgedet.zoo.selftest`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{64}$", to_lower=True)] | None = None
    git_blob: Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f]{40}$", to_lower=True)] | None = None
    hash_from: str = ""
    size: int | None = Field(default=None, ge=1)
    input: tuple[Side, Side] | None = None
    labels: tuple[str, ...] | None = Field(default=None, min_length=1)
    licence: str = "not stated"
    source: str = ""
    description: str = ""
    self_test: tuple[Sample, ...] = ()

    @property
    def digest(self) -> Digest | None:
        """The hash its file must have; None if nobody states one: then the first download is trusted."""
        if self.sha256:
            return Digest("sha256", self.sha256)
        return Digest("git blob", self.git_blob) if self.git_blob else None


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry's content.

    Attributes:
        models: what can be pulled, by name.
        serial: its number, which goes up with every change; None: it has none, and nobody can tell whether it is old.
        revoked: ids of the minisign keys that its owner doesn't sign with any more.
    """

    models: dict[str, Entry]
    serial: int | None = None
    revoked: tuple[str, ...] = ()


def load_registry(more: Path | None = None) -> dict[str, Entry]:
    """Every model that can be pulled, by name: edgedet's own registry, then the file ``more``, as it stands.

    Raises:
        ConfigError: ``more`` can't be read, an entry in it is wrong, or it takes a name that is taken.
    """
    entries = parse_registry(read_text(OWN), OWN).models
    if more is None:
        return entries
    if not more.exists():
        raise ConfigError(f"{more}: no such registry; give a TOML file with [models.NAME] tables")
    return entries | parse_registry(read_text(more), more, entries).models


def parse_registry(text: str, name: Path | str, taken: Collection[str] = ()) -> Registry:
    """What a registry's text says.

    Args:
        text: TOML.
        name: of the file or address, for errors.
        taken: names of models that it may not use.

    Raises:
        ConfigError: something in it is wrong; with the line.
    """
    content = parse(text, name)
    try:
        serial, revoked = _serial(content.pop("serial", None)), _revoked(content.pop("revoked", []))
        models, lists = _tables(content)
        for model in models.keys() & set(taken):
            raise _Unfit(("models", model), "this name is taken by edgedet's own registry; choose another")
        return Registry({model: _entry(model, table, lists) for model, table in models.items()}, serial, revoked)
    except _Unfit as error:
        lines = locate(text)
        number = next((lines[error.key[:n]] for n in range(len(error.key), 0, -1) if error.key[:n] in lines), 1)
        raise ConfigError(f"{name}:{number}: {'.'.join(error.key)}: {hide(error.problem)}") from None


class _Unfit(Exception):
    def __init__(self, key: tuple[str, ...], problem: str) -> None:
        super().__init__(problem)
        self.key, self.problem = key, problem


def _serial(value: Any) -> int | None:
    if value is not None and (type(value) is not int or not 0 < value < 2**63):
        raise _Unfit(("serial",), f"{value!r}: a whole number from 1 is wanted, one more with every change")
    return value


def _revoked(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and _KEY_ID.fullmatch(each) for each in value):
        raise _Unfit(("revoked",), "a list of minisign key ids, 16 hexadecimal digits each, is wanted")
    return tuple(each.upper() for each in value)


def _tables(content: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    for name, table in content.items():
        if name not in ("models", "labels"):
            raise _Unfit((name,), "no such table; a registry has [models.NAME] and [labels]")
        if not isinstance(table, dict):
            raise _Unfit((name,), "a table is wanted; a registry has [models.NAME] and [labels]")
    return content.get("models", {}), content.get("labels", {})


def _entry(name: str, table: Any, lists: Mapping[str, Any]) -> Entry:
    key = ("models", name)
    if not is_name(name):
        raise _Unfit(key, "not a model's name; use letters, digits, '.', '_' and '-', without .tflite")
    if not isinstance(table, dict):
        raise _Unfit(key, f"a table is wanted; write [models.{name}] and url = ... below")
    labels = table.get("labels")
    if isinstance(labels, str):
        if labels not in lists:
            raise _Unfit((*key, "labels"), f"{labels!r}: no such list; put it under [labels]")
        table = {**table, "labels": lists[labels]}
    try:
        return Entry.model_validate({**table, "name": name})
    except ValidationError as error:
        first = error.errors()[0]
        raise _Unfit((*key, str(first["loc"][0])), _mistake(first)) from None


_WANTED = {
    "url": "an http:// or https:// address is wanted",
    "sha256": "64 hexadecimal digits are wanted",
    "git_blob": "40 hexadecimal digits are wanted",
    "size": "a number of bytes is wanted",
    "input": "[width, height] in pixels is wanted",
    "labels": "a list of names, or the name of a list under [labels], is wanted",
    "self_test": "what edgedet models test --record prints is wanted",
}


def _mistake(error: Any) -> str:
    key = str(error["loc"][0])
    if error["type"] == "missing":
        return "missing; say where the .tflite file is"
    if error["type"] == "extra_forbidden":
        return f"no such key; there are {', '.join(k for k in Entry.model_fields if k != 'name')}"
    return f"{error['input']!r}: {_WANTED.get(key, 'text in quotes is wanted')}"
