"""Models that are here and know the same labels: one can take another's place while cameras run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from edgedet.errors import EdgedetError
from edgedet.inference.card import find_card
from edgedet.inference.flatfile import read_model
from edgedet.zoo.folder import bundled_models, pulled_models


@dataclass(frozen=True, slots=True)
class Kin:
    """A model, and what its card says of it. None: it doesn't say.

    Attributes:
        name: what ``-m`` knows it by.
        path: its file.
        pixels: of its input.
        invoke_ms: of one invoke on the machine its card was made on: good for a ratio.
        accuracy: average precision at IoU 0.5, the mean over all it was measured on, 0 to 1.
    """

    name: str
    path: Path
    pixels: int | None = None
    invoke_ms: float | None = None
    accuracy: float | None = None

    def slowness(self, other: Kin) -> float | None:
        """Time it takes, of what another takes: from their cards' latencies, else their sizes; None if unknown."""
        if self.invoke_ms and other.invoke_ms:
            return self.invoke_ms / other.invoke_ms
        return self.pixels / other.pixels if self.pixels and other.pixels else None


def kindred(labels: tuple[str, ...]) -> Iterator[Kin]:
    """The models that come with edgedet or were pulled, and have exactly these labels. Damaged ones are passed over."""
    for name, path in {**pulled_models(), **bundled_models()}.items():
        try:
            kin, known = read_kin(name, path)
        except EdgedetError:
            continue
        if known == labels:
            yield kin


def read_kin(name: str, path: Path) -> tuple[Kin, tuple[str, ...] | None]:
    """What is known of a model without loading it, and its labels; None: only loading it would tell.

    Raises:
        ModelError: it, or its card, can't be read.
    """
    file = read_model(path)
    card = find_card(path, file.sha256)
    said: Mapping[str, Any] = json.loads(card.path.read_text(encoding="utf-8")) if card.path is not None else {}
    shape = _of(said.get("input")).get("shape")
    pixels = shape[1] * shape[2] if isinstance(shape, list) and len(shape) == 4 else None
    kin = Kin(name, path, pixels, _of(said.get("latency")).get("invoke_p50_ms"), _accuracy(said))
    return kin, card.labels if card.labels is not None else file.metadata.labels


def _accuracy(card: Mapping[str, Any]) -> float | None:
    """The mean of what the card says of each set of pictures: of the quantized model, where it has that."""
    figures = _of(card.get("figures"))
    sets = _of(figures.get("int8") or figures.get("float"))
    found = [_of(_of(each).get("mean", each)).get("AP50") for each in sets.values()]
    values = [value for value in found if isinstance(value, float)]
    return fmean(values) if values else None


def _of(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
