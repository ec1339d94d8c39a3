"""A model with all that belongs to it, as bytes: so that every worker runs the same, wherever it is."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from edgedet.errors import ModelError
from edgedet.inference.card import default_model, find_card
from edgedet.zoo.folder import find_model


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of a model.

    Attributes:
        model: the model file's name among them.
        files: the content of each, by name.
        labels: the labels file's name among them; None: the labels are in the card or the model.
    """

    model: str
    files: Mapping[str, bytes]
    labels: str | None = None

    @property
    def sha256(self) -> str:
        """Of all of them together."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}\0{len(self.files[name])}\0".encode() + self.files[name])
        return digest.hexdigest()

    def unpack(self) -> tuple[Path, Path | None, tempfile.TemporaryDirectory[str]]:
        """Write them to a new folder, which is gone when it is cleaned up or let go of.

        Returns:
            The model's file, the labels' file, the folder.
        """
        folder = tempfile.TemporaryDirectory(prefix="edgedet-")
        for name, content in self.files.items():
            Path(folder.name, name).write_bytes(content)
        return Path(folder.name, self.model), Path(folder.name, self.labels) if self.labels else None, folder


def pack(model: str | Path | None, labels: str | Path | None = None) -> Bundle:
    """Read a model, its card, its anchors and its labels.

    Args:
        model: a file, or a name as in ``edgedet models list``; None: the one that comes with edgedet.
        labels: a labels file.

    Raises:
        ModelError: one of them can't be read.
    """
    path = find_model(model) if model is not None else default_model()
    try:
        files = {path.name: path.read_bytes()}
        card = find_card(path, hashlib.sha256(files[path.name]).hexdigest())
        if card.path is not None:
            files[path.with_suffix(".json").name] = card.path.read_bytes()
            if card.anchors is not None:
                files[card.anchors.file] = (card.path.parent / card.anchors.file).read_bytes()
        if labels is not None:
            files[f"labels{Path(labels).suffix}"] = Path(labels).read_bytes()
    except OSError as error:
        raise ModelError(
            f"{error.filename}: can't be read ({error.strerror}); give the model with all its files"
        ) from None
    return Bundle(path.name, files, f"labels{Path(labels).suffix}" if labels is not None else None)
