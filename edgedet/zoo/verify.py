"""Whether a model is what it should be, and works."""

from __future__ import annotations

from pathlib import Path

from edgedet.errors import ModelError
from edgedet.inference.card import find_card
from edgedet.inference.detector import Detector
from edgedet.inference.flatfile import read_model
from edgedet.zoo.registry import Entry

EDGE_TPU = "edgetpu-custom-op"
"""The operator a model compiled for the Edge TPU consists of: no CPU runs it."""


def verify(path: Path, entry: Entry | None = None) -> str:
    """Check a model's hash against the registry and its card, then open it and run it.

    Args:
        path: the model.
        entry: what the registry says of it, if it is from there.

    Returns:
        What was checked, in words.

    Raises:
        ModelError: its hash is wrong, or it can't be read, run or understood.
        RuntimeMissing: no interpreter is installed.
    """
    model = read_model(path)
    card = find_card(path, model.sha256)  # refuses a card of another file
    stated = entry.digest if entry is not None else None
    if stated is not None and (seen := stated.of(path)) != stated:
        raise ModelError(f"{path}: its {seen}, wanted {stated.value}; get it again: edgedet models pull {path.stem}")
    known = stated.kind if stated is not None else "sha256" if card.sha256 else ""
    right = f"{known} right" if known else "no hash known"
    if EDGE_TPU in model.operators:
        return f"{right}; not run: it is compiled for the Edge TPU"
    Detector(path)
    return f"{right}, opens and runs"
