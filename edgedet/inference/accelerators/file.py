"""What an accelerator's model file says of itself: nothing that could be read without its maker's tools."""

from __future__ import annotations

import hashlib
from pathlib import Path

from edgedet.errors import LabelsError, ModelError
from edgedet.inference.card import Card
from edgedet.inference.flatfile import ModelFile
from edgedet.inference.labels import read_labels
from edgedet.inference.metadata import Metadata


def read_compiled(path: Path) -> ModelFile:
    """A compiled model's size and fingerprint.

    Raises:
        ModelError: it can't be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return ModelFile(path, path.stat().st_size, digest, {}, {}, None, Metadata())
    except OSError as error:
        raise ModelError(f"{path}: can't be read ({error.strerror}); check the path") from None


def labels_of(path: Path, card: Card, labels: str | Path | None) -> tuple[str, ...]:
    """Its labels: from the file that is given, or from its card.

    Raises:
        LabelsError: there are none, or they can't be read.
    """
    if labels is not None:
        return read_labels(Path(labels))
    if card.labels is not None:
        return card.labels
    raise LabelsError(f"{path}: a compiled model has no labels in it; give a labels file (-l), a label a line")
