"""What is to be exported, how, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgedet.lab.export.parity import Agreement, Difference
from edgedet.lab.export.postprocess import Suppression
from edgedet.lab.export.rawhead import RawHead


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a TFLite file is to be like.

    Attributes:
        input: the pictures' type: ``float32``, ``uint8`` or ``int8``; empty: as it is, but uint8 where ``suppression``
            is asked for, since that is what programs that want the operator feed.
        float_outputs: whether quantized raw outputs become float32.
        suppression: the options of the detection operator at its end; None: raw outputs.
    """

    input: str = ""
    float_outputs: bool = False
    suppression: Suppression | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Net:
    """A trained net to export.

    Attributes:
        net: from float NCHW RGB pictures, -1 to 1, to (boxes (B, A, 4), logits (B, A, C)).
        size: side of its square input, in pixels.
        head: its anchors, and what its boxes are.
        card: what its card says: see :func:`edgedet.lab.export.cards.training_card`.
        file: where it is from.
    """

    net: Any
    size: int
    head: RawHead
    card: dict[str, Any]
    file: Path


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """What was written.

    Attributes:
        files: the model first, then its card and what belongs to it.
        differences: what each step changed.
        agreement: what is found with suppression in the model and without; None: it wasn't asked for.
    """

    files: tuple[Path, ...]
    differences: tuple[Difference, ...]
    agreement: Agreement | None = None
