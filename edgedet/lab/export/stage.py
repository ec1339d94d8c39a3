"""A TFLite model on its way through the export: what it is now, and what each step changed."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.errors import ModelError
from edgedet.lab.export import cards
from edgedet.lab.export.graph import Graph
from edgedet.lab.export.interface import Normalisation, with_float_outputs, with_input
from edgedet.lab.export.kinds import Kind
from edgedet.lab.export.markdown import render
from edgedet.lab.export.parity import EXACT, FLOAT, Agreement, Difference, Limit, difference, ensure, run_tflite
from edgedet.lab.export.postprocess import Suppression
from edgedet.lab.export.rawhead import RawHead
from edgedet.types import Image


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A model between two steps.

    Attributes:
        model: its bytes.
        given: how pixels are normalised for it.
        head: what its raw outputs mean, or meant before suppression.
        base: what its card says whatever its file.
        differences: what the steps so far changed.
        suppression: the options of the operator it ends in; None: it has raw outputs.
    """

    model: bytes
    given: Normalisation
    head: RawHead
    base: dict[str, Any]
    differences: tuple[Difference, ...] = ()
    suppression: Suppression | None = None

    @property
    def input(self) -> Kind:
        """How its input stores real values."""
        graph = Graph(self.model)
        return graph.kind(graph.inputs[0])

    def write(self, path: Path) -> Path:
        """Put it, its card and its anchors where it can be tried."""
        path.write_bytes(self.model)
        for file, content in self.beside(path, 0).items():
            file.write_bytes(content)
        return path

    def beside(self, path: Path, pictures: int, agreement: Agreement | None = None) -> dict[Path, bytes]:
        """What stands beside the model at ``path``, after parity on so many pictures."""
        card = cards.tflite_card(self.base, path, self.model, self.head, self.given, self.suppression)
        return sidecars(cards.with_parity(card, self.differences, pictures, agreement), path, self.head)


def sidecars(card: dict[str, Any], path: Path, head: RawHead) -> dict[Path, bytes]:
    """A card's files, by their names: JSON, Markdown, and the anchors if it names a file of them."""
    text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
    files = {path.with_suffix(".json"): text.encode(), path.with_suffix(".md"): render(card).encode()}
    if "anchors" in card:
        whole = io.BytesIO()
        np.save(whole, head.anchors)
        files[cards.anchors_file(path)] = whole.getvalue()
    return files


def change_input(stage: Stage, dtype: str, images: Sequence[Image], place: Path) -> Stage:
    """The model with pictures of another type; see :func:`edgedet.lab.export.interface.with_input`.

    Raises:
        ModelError: its input can't be had so, or its results changed by more than rounding.
    """
    before = stage.input
    if before.dtype == dtype:
        return stage
    if stage.given != Normalisation() and before.scale != 1:
        mean, std = stage.given.mean, stage.given.std
        raise ModelError(
            f"--input {dtype}: the model's input isn't -1 to 1 (mean {mean:g}, std {std:g}); only such can be"
        )
    try:
        model, given = with_input(stage.model, dtype)
    except ModelError as error:
        raise ModelError(f"--input {dtype}: {error}") from None
    changed = Stage(model, given, stage.head, stage.base, stage.differences)
    if before.dtype == "float32":
        return checked(f"{dtype} input", stage, changed, FLOAT, images, place)
    # Of the same pixels the same steps: the pixels' own normalisation, which may now be a half step off, comes after.
    limit = EXACT if before.scale == changed.input.scale else None
    same_given = given if before.scale == 1 else stage.given
    same = checked(f"{dtype} input", stage, replace(changed, given=same_given), limit, images, place)
    return replace(same, given=given)


def make_outputs_float(stage: Stage, images: Sequence[Image], place: Path) -> Stage:
    """The model with float32 outputs."""
    changed = replace(stage, model=with_float_outputs(stage.model))
    return checked("float outputs", stage, changed, EXACT, images, place)


def checked(name: str, before: Stage, after: Stage, limit: Limit | None, images: Sequence[Image], place: Path) -> Stage:
    """``after``, with what the step to it changed.

    Raises:
        ModelError: more than ``limit``.
    """
    file = place / "step.tflite"
    outputs = []
    for stage in (before, after):
        file.write_bytes(stage.model)
        outputs.append(run_tflite(file, images, stage.given, stage.head.boxes))
    found = difference(name, outputs[0], outputs[1], limit)
    ensure(found)
    return replace(after, differences=(*before.differences, found))
