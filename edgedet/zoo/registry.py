"""What is known of each model before it is here: ``registry.toml``, and a user's own file of the same form.

::

    [models.my-detector]
    url = "https://models.example/my-detector.tflite"
    sha256 = "..."
    labels = ["person", "forklift"]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from edgedet.errors import ConfigError
from edgedet.toml import hide, locate, parse, read_text
from edgedet.zoo.digest import Digest

OWN = Path(__file__).with_name("registry.toml")
"""The registry that comes with edgedet."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

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

    @property
    def digest(self) -> Digest | None:
        """The hash its file must have; None if nobody states one: then the first download is trusted."""
        if self.sha256:
            return Digest("sha256", self.sha256)
        return Digest("git blob", self.git_blob) if self.git_blob else None


def is_name(text: str) -> bool:
    """Whether this is a model's name rather than a path: ``starter-320``, but not ``./model`` or ``model.tflite``.

    >>> is_name("starter-320"), is_name("starter-320.tflite"), is_name("models/starter-320")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None and not text.endswith(".tflite")


def load_registry(more: Path | None = None) -> dict[str, Entry]:
    """Every model that can be pulled, by name: edgedet's own registry, then ``more``.

    Raises:
        ConfigError: ``more`` can't be read, an entry in it is wrong, or it takes a name that is taken.
    """
    entries = _read(OWN, {})
    return entries if more is None else entries | _read(more, entries)


def _read(path: Path, taken: Mapping[str, Entry]) -> dict[str, Entry]:
    if not path.exists():
        raise ConfigError(f"{path}: no such registry; give a TOML file with [models.NAME] tables")
    text = read_text(path)
    content = parse(text, path)
    try:
        models, lists = _tables(content)
        for name in models.keys() & taken.keys():
            raise _Unfit(("models", name), "this name is taken by edgedet's own registry; choose another")
        return {name: _entry(name, table, lists) for name, table in models.items()}
    except _Unfit as error:
        lines = locate(text)
        number = next((lines[error.key[:n]] for n in range(len(error.key), 0, -1) if error.key[:n] in lines), 1)
        raise ConfigError(f"{path}:{number}: {'.'.join(error.key)}: {hide(error.problem)}") from None


class _Unfit(Exception):
    def __init__(self, key: tuple[str, ...], problem: str) -> None:
        super().__init__(problem)
        self.key, self.problem = key, problem


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
}


def _mistake(error: Any) -> str:
    key = str(error["loc"][0])
    if error["type"] == "missing":
        return "missing; say where the .tflite file is"
    if error["type"] == "extra_forbidden":
        return f"no such key; there are {', '.join(k for k in Entry.model_fields if k != 'name')}"
    return f"{error['input']!r}: {_WANTED.get(key, 'text in quotes is wanted')}"
