"""Every model there is: bundled, pulled, put into the folder by hand, or only in the registry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from edgedet.errors import ConfigError, ModelError
from edgedet.inference.card import find_card
from edgedet.inference.labels import GAP
from edgedet.zoo.digest import sha256
from edgedet.zoo.folder import bundled_models, is_there, nearest, pulled_models
from edgedet.zoo.name import is_name
from edgedet.zoo.registry import Entry


@dataclass(frozen=True, slots=True)
class Listed:
    """A model, here or not.

    Attributes:
        name: what ``-m`` and ``pull`` know it by; of a file elsewhere, the file's.
        here: ``bundled``, ``yes`` (pulled, or a file), or ``no``.
        path: the model; None if it isn't here.
        entry: what the registry says of it; None for one that it doesn't have.
    """

    name: str
    here: Literal["bundled", "yes", "no"]
    path: Path | None
    entry: Entry | None

    def facts(self) -> dict[str, Any]:
        """What the card beside it and the registry say, for a list; None where neither does."""
        card = _card_beside(self.path) if self.path is not None else {}
        entry = self.entry.model_dump() if self.entry is not None else {}
        shape = card.get("input", {}).get("shape") if isinstance(card.get("input"), dict) else None
        labels = card.get("labels") or entry.get("labels")
        size = self.path.stat().st_size if self.path is not None else entry.get("size")
        return {
            "name": self.name,
            "here": self.here,
            "path": str(self.path) if self.path is not None else None,
            "description": card.get("description") or entry.get("description") or None,
            "input": [shape[2], shape[1]] if isinstance(shape, list) and len(shape) == 4 else entry.get("input"),
            "labels": [name for name in labels if name != GAP] if labels else None,
            "size_bytes": size,
            "licence": card.get("licence") or entry.get("licence"),
            "source": entry.get("source") or None,
            "url": entry.get("url"),
            "sha256": card.get("sha256") or entry.get("sha256"),
            "git_blob": entry.get("git_blob"),
            "hash_from": entry.get("hash_from") or None,
            "registry": entry or None,
        }


def catalogue(entries: Mapping[str, Entry]) -> dict[str, Listed]:
    """Every model by name: bundled, in the registry, then what else is in the user's folder.

    Raises:
        ConfigError: a registry has the name of a bundled model.
    """
    here = pulled_models()
    rows = {name: Listed(name, "bundled", path, None) for name, path in bundled_models().items()}
    for name, entry in entries.items():
        if name in rows:
            raise ConfigError(f"{name}: the name of a model that comes with edgedet; choose another in the registry")
        path = here.pop(name, None)
        rows[name] = Listed(name, "yes" if path else "no", path, entry)
    for name, path in here.items():
        rows.setdefault(name, Listed(name, "yes", path, None))
    return rows


def resolve(name_or_path: str, entries: Mapping[str, Entry]) -> Listed:
    """A model by its name, here or not, or by its file.

    Raises:
        ModelError: there is no such name or file.
    """
    rows = catalogue(entries)
    path = Path(name_or_path)
    if is_there(path) or not is_name(name_or_path):
        if not is_there(path):
            raise ModelError(f"{path}: no such model file; see: edgedet models list")
        known = next((row for row in rows.values() if row.path is not None and row.path.samefile(path)), None)
        return known or Listed(path.stem, "yes", path, None)
    row = rows.get(name_or_path) or rows.get(name_or_path.removesuffix("-int8"))
    if row is None:
        raise ModelError(f"{name_or_path}: no such model; {nearest(name_or_path, list(rows))}")
    return row


def read_card(path: Path) -> dict[str, Any]:
    """All that a model's card says, as :func:`~edgedet.inference.card.find_card` finds it; empty without one.

    Raises:
        ModelError: the card can't be read, or is of another file.
    """
    card = find_card(path, sha256(path))
    content: dict[str, Any] = json.loads(card.path.read_text(encoding="utf-8")) if card.path is not None else {}
    return content


def _card_beside(path: Path) -> dict[str, Any]:
    """The JSON beside a model, for a list: one that can't be read isn't worth refusing the whole list for."""
    try:
        content = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
