"""A trained detector on the disk, with all that is needed to build, export and explain it again."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.anchors import ssd_anchors
from edgedet.lab import files
from edgedet.lab.training.architecture import Architecture
from edgedet.lab.training.net import Ssd

FORMAT = "edgedet-ssd-1"


@dataclass(frozen=True, slots=True, eq=False)
class TrainedModel:
    """A net, ready to run, and what is known of it.

    Attributes:
        net: in evaluation mode.
        labels: its classes.
        about: how it was made: command, data, seed, figures.
    """

    net: Ssd
    labels: tuple[str, ...]
    about: dict[str, Any]

    @property
    def size(self) -> int:
        """Side of its input, in pixels."""
        return self.net.architecture.size

    @property
    def anchors(self) -> NDArray[np.float32]:
        """float32 (A, 4): cx, cy, w, h as fractions of the input."""
        return ssd_anchors(self.size, self.size)


def save(model: TrainedModel, path: Path) -> None:
    """Write a model; a file already there is replaced at once or not at all."""
    content = {
        "format": FORMAT,
        "architecture": model.net.architecture.to_dict(),
        "labels": list(model.labels),
        "about": model.about,
        "weights": model.net.state_dict(),
    }
    write(content, path)


def write(content: dict[str, Any], path: Path) -> None:
    """torch.save that leaves either the old file or the whole new one. Raises OutputError."""
    packed = io.BytesIO()
    torch.save(content, packed)
    files.write(path, packed.getvalue())


def read(path: Path) -> dict[str, Any]:
    """What :func:`write` wrote; only tensors and plain values are read. Raises ModelError."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise ModelError(f"{path}: no such file; give a checkpoint that edgedet train wrote") from None
    except Exception:  # PyTorch's unpickler raises whatever the bytes lead it to, with advice on unsafe loading
        raise ModelError(f"{path}: not a checkpoint; give one that edgedet train wrote") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelError(f"{path}: not a checkpoint of edgedet; give one that edgedet train wrote")
    return content


def load(path: Path) -> TrainedModel:
    """Read a model that :func:`save` wrote.

    Raises:
        ModelError: it isn't one, or a weight isn't a finite number.
    """
    content = read(path)
    try:
        shape = content["architecture"]
        net = Ssd(Architecture(**{**shape, "hidden": tuple(shape["hidden"])}))
        net.load_state_dict(content["weights"])
    except (KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"{path}: its weights don't fit its architecture ({str(error).splitlines()[0]})") from None
    for name, weight in net.state_dict().items():
        if not torch.isfinite(weight).all():
            raise ModelError(f"{path}: {name} has values that aren't numbers (NaN or infinite): train it again")
    return TrainedModel(net.eval(), tuple(content["labels"]), content.get("about", {}))
