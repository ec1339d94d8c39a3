"""The detection loss: scores by focal loss or hard-negative mining, boxes by smooth L1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as functional
from torch import Tensor

ALPHA, GAMMA = 0.25, 2.0
"""Weight of objects and focus (Lin et al., RetinaNet, 2017)."""
NEGATIVES = 3
"""Hard negatives for each object (Liu et al., SSD, 2016)."""
SANE_BOX, SANE_LOGIT = 12.0, 10.0
"""Encodings and logits beyond these mean nothing more, and cost an int8 model the resolution of those that do."""
LossKind = Literal["focal", "hard-negative"]


@dataclass(frozen=True, slots=True, eq=False)
class BatchTargets:
    """:class:`edgedet.lab.training.targets.Targets` of a batch: labels (B, A), asked (B, A, C), encodings (B, A, 4)."""

    labels: Tensor
    asked: Tensor
    encodings: Tensor


def detection_loss(
    boxes: Tensor, logits: Tensor, targets: BatchTargets, kind: LossKind = "focal"
) -> tuple[Tensor, Tensor]:
    """The scores' loss and the boxes' loss, each for one object on average.

    Args:
        boxes: (B, A, 4) encodings, as the net gives them.
        logits: (B, A, C).
        targets: what they should be.
        kind: ``focal``, or ``hard-negative``: plain cross-entropy on the objects and the worst of the rest.
    """
    matched = targets.labels >= 0
    count = matched.sum().clamp(min=1)
    wanted = torch.zeros_like(logits)
    wanted[matched] = functional.one_hot(targets.labels[matched], logits.shape[-1]).to(logits.dtype)
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none") * targets.asked
    if kind == "focal":
        wrongness = (torch.sigmoid(logits) - wanted).abs()
        weight = (ALPHA * wanted + (1 - ALPHA) * (1 - wanted)) * wrongness**GAMMA
        scores = (entropy * weight).sum() / count
    else:
        scores = _hardest(entropy, matched) / count
    offsets = functional.smooth_l1_loss(boxes[matched], targets.encodings[matched], reduction="sum")
    return scores, offsets / count


def excess(boxes: Tensor, logits: Tensor) -> Tensor:
    """How far outputs are beyond what has a meaning, for one picture on average; 0 for a net that needs no taming."""
    beyond = functional.relu(boxes.abs() - SANE_BOX).sum() + functional.relu(logits.abs() - SANE_LOGIT).sum()
    return beyond / len(boxes)


def _hardest(entropy: Tensor, matched: Tensor) -> Tensor:
    per_anchor = entropy.sum(-1)
    background = per_anchor.masked_fill(matched, 0)
    most = (matched.sum(1) * NEGATIVES).clamp(min=NEGATIVES)
    ranks = background.argsort(1, descending=True).argsort(1)
    return per_anchor[matched].sum() + background[ranks < most[:, None]].sum()
