"""A model's card: the JSON beside it that says what the file itself can't.

``model.tflite`` has its card in ``model.json``. Every key is optional::

    {
      "sha256": "89e3...",                       the file it speaks of
      "labels": ["person", "cat", "dog"],
      "input": {"colour": "RGB", "mean": 127.5, "std": 127.5, "resize": "stretch"},
      "head": {"box_order": "xywh", "scales": [10, 10, 5, 5], "activation": "none", "background": false},
      "anchors": {"file": "anchors.npy"}         float32 (N, 4): cx, cy, w, h as fractions of the input
    }
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgedet.errors import ModelError

DEFAULT_MODEL = "starter-320-int8.tflite"


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class CardInput(_Part):
    """How pixels become the input tensor's real values: ``(pixel - mean) / std``, per channel or one for all."""

    colour: Literal["RGB", "BGR", "GRAY"] = "RGB"
    mean: float | tuple[float, ...] | None = None
    std: float | tuple[float, ...] | None = None
    resize: Literal["auto", "letterbox", "stretch"] = "auto"


class CardHead(_Part):
    """What raw SSD outputs mean, where it isn't the TF Object Detection API's way."""

    box_order: Literal["yxhw", "xywh"] = "yxhw"
    scales: tuple[float, float, float, float] = (10.0, 10.0, 5.0, 5.0)
    activation: Literal["auto", "none", "sigmoid", "softmax"] = "auto"
    background: bool | None = None


class CardAnchors(_Part):
    """Where the anchors are: a ``.npy`` file beside the card."""

    file: str


class Card(_Part):
    """What a card says; its defaults are what a model without one is taken for."""

    sha256: str | None = None
    labels: tuple[str, ...] | None = Field(default=None, min_length=1)
    input: CardInput = CardInput()
    head: CardHead | None = None
    anchors: CardAnchors | None = None
    path: Path | None = None

    def load_anchors(self) -> NDArray[np.float32] | None:
        """The anchors, float32 (N, 4): cx, cy, w, h as fractions of the input; None if the card has none."""
        if self.anchors is None or self.path is None:
            return None
        file = self.path.parent / self.anchors.file
        try:
            if not file.is_file():
                raise FileNotFoundError("no such file")
            # mapped, so that a size it only claims is refused before it is made room for
            anchors = np.array(np.lib.format.open_memmap(file, mode="r"), np.float32, order="C")
        except Exception as error:  # NumPy lets out whatever its parser stumbles over in a damaged header
            raise ModelError(f"{file}: the card {self.path.name} names it but it can't be read ({error})") from None
        if anchors.ndim != 2 or anchors.shape[1] != 4:
            raise ModelError(f"{file}: anchors have shape {anchors.shape}; wanted (N, 4): cx, cy, w, h")
        return anchors


def models_folder() -> Path:
    """Where the bundled models are: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "models"
    return installed if installed.is_dir() else package.parent / "models"


def default_model() -> Path:
    """The model that runs when none is named."""
    return models_folder() / DEFAULT_MODEL


def bundled_cards() -> dict[str, Path]:
    """The cards of the models that come with edgedet, by their model's sha256."""
    cards = {}
    for path in sorted(models_folder().glob("*.json")):
        cards[json.loads(path.read_text())["sha256"]] = path
    return cards


def find_card(model: Path, sha256: str) -> Card:
    """The card of a model: a bundled one for the very same file, else ``model.json`` beside it, else an empty one.

    Raises:
        ModelError: the card can't be read, or it speaks of another file.
    """
    bundled = bundled_cards().get(sha256)
    if bundled is not None:
        return _read(bundled)
    beside = model.with_suffix(".json")
    if not beside.is_file():
        return Card()
    card = _read(beside)
    if card.sha256 not in (None, sha256):
        raise ModelError(
            f"{model}: its sha256 is {sha256[:12]}... but its card {beside.name} says {str(card.sha256)[:12]}...; "
            "the model is damaged or was replaced: get it again, or remove the card"
        )
    return card


def _read(path: Path) -> Card:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ModelError(f"{path}: not a model card: a JSON object is wanted, this is a {type(content).__name__}")
        return Card.model_validate({**content, "path": path})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ModelError(f"{path}: {key}: {first['input']!r}: {first['msg']}; correct the card or remove it") from None
    except (OSError, ValueError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{path}: the model's card can't be read ({error}); correct it or remove it") from None
