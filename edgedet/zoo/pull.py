"""From a registry entry to a model that is here: downloaded, verified, with its card; or nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edgedet.errors import ModelError, OutputError
from edgedet.inference.flatfile import ModelFile, read_model
from edgedet.toml import hide
from edgedet.zoo.digest import Digest
from edgedet.zoo.folder import user_folder
from edgedet.zoo.part import forget
from edgedet.zoo.registry import Entry
from edgedet.zoo.transfer import PATIENCE, Patience, Progress, fetch


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did.

    Attributes:
        path: the model.
        digest: the hash it was verified by.
        fresh: whether it was downloaded now; False: it was here, and right.
        first_use: whether nobody states a hash, so that this download's was recorded and is trusted from now on.
    """

    path: Path
    digest: Digest
    fresh: bool
    first_use: bool


def pull(
    entry: Entry,
    folder: Path | None = None,
    progress: Progress | None = None,
    patience: Patience = PATIENCE,
) -> Pulled:
    """Bring a model and its card to a folder. Its final name appears when its hash is verified, not before.

    Args:
        entry: from the registry.
        folder: None: :func:`~edgedet.zoo.folder.user_folder`.
        progress: told how far the download is.
        patience: with the network.

    Raises:
        ModelError: it can't be downloaded, its hash is wrong, it isn't a TFLite model, or another file has its name.
        OutputError: it can't be written, or there is no room.
    """
    folder = folder if folder is not None else user_folder()
    final = folder / f"{entry.name}.tflite"
    recorded = _recorded(final)
    expected = entry.digest or recorded
    if final.exists():
        if expected is not None and expected.of(final) == expected:
            return Pulled(final, expected, False, False)
        if recorded is None:
            raise ModelError(f"{final}: another file has this name; move it away, or choose another folder (--to)")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: can't be made ({error.strerror}); choose another folder (--to)") from None
    part = folder / f"{entry.name}.tflite.part"
    if fetch(entry.url, part, entry.size, progress, patience) and not _right(part, expected):
        forget(part)  # begun by an earlier run, and the halves don't fit: once more, as a whole
        fetch(entry.url, part, entry.size, progress, patience)
    model = _verified(entry, part, expected)
    _put(final, part, _card(entry, model))
    return Pulled(final, expected or Digest("sha256", model.sha256), True, expected is None)


def _right(path: Path, expected: Digest | None) -> bool:
    return expected is None or expected.of(path) == expected


def _verified(entry: Entry, part: Path, expected: Digest | None) -> ModelFile:
    """The downloaded model, once it is what it should be; it is removed if it isn't."""
    url = hide(entry.url)
    try:
        if expected is not None and (seen := expected.of(part)) != expected:
            trust = "" if entry.digest else f"; to trust the new one, remove {_beside(part)}, then pull again"
            wanted = f"wanted {expected.value}" + ("" if entry.digest else " as at the first download")
            raise ModelError(f"{url}: its {seen}, {wanted}; damaged or replaced: not kept{trust}")
        try:
            return read_model(part)
        except ModelError as error:
            raise ModelError(f"{url}: {str(error).removeprefix(f'{part}: ')}; not kept") from None
    except ModelError:
        forget(part)
        raise


def _beside(part: Path) -> Path:
    return part.with_name(part.name.removesuffix(".tflite.part") + ".json")


def _recorded(model: Path) -> Digest | None:
    """The SHA-256 on the card that an earlier pull wrote."""
    try:
        card = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
        return Digest("sha256", str(card["sha256"])) if card["pulled"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _card(entry: Entry, model: ModelFile) -> dict[str, Any]:
    """What is kept beside the model; see :mod:`edgedet.inference.card`."""
    facts = {
        "name": entry.name,
        "description": entry.description,
        "sha256": model.sha256,
        "size_bytes": model.size_bytes,
        "verified_by": str(entry.digest) if entry.digest else "no stated hash: recorded at the first download",
        "hash_from": entry.hash_from,
        "licence": entry.licence,
        "url": hide(entry.url),
        "source": entry.source,
        "pulled": datetime.now(UTC).isoformat(timespec="seconds"),
        "labels": None if model.metadata.labels else entry.labels,
        "self_test": [sample.model_dump(mode="json") for sample in entry.self_test],
    }
    return {key: value for key, value in facts.items() if value}


def _put(final: Path, part: Path, card: dict[str, Any]) -> None:
    """Give both their final names: the card first, since a model without its labels would already run."""
    beside, temporary = final.with_suffix(".json"), final.with_name(final.name + ".card.part")
    try:
        temporary.write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        temporary.replace(beside)
        part.replace(final)
        forget(part)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"{final}: can't be written ({error.strerror}); make room, then pull again") from None
