"""How a net is trained: every number of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from edgedet.lab.training.loss import LossKind


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        steps: batches to learn from.
        batch: pictures in a batch.
        rate: highest learning rate; it rises over ``warmup`` steps, then falls along a cosine to a hundredth.
        backbone_rate: factor on it for the stem, the blocks and the last convolution.
        warmup: steps.
        decay: weight decay (AdamW), of convolutions' weights only.
        frozen: blocks, from the first, that are left as they are, together with the stem.
        loss: of the scores; see :func:`edgedet.lab.training.loss.detection_loss`.
        box_weight: of the boxes' loss beside the scores'.
        teacher_weight: of the teacher's word beside the labels', if there is a teacher.
        qat: train as if the net were int8; see :mod:`edgedet.lab.training.qat`.
        average: decay of the averaged weights.
        precision: ``bf16``: mixed, by autocast, where the processor has it; or ``float32``.
        seed: of the batches and of fresh weights.
        validate_every: steps between two validations; 0: only at the end.
        patience: validations without a better one after which training stops early; 0: never.
        save_seconds: most time between two checkpoints.
    """

    steps: int = 3000
    batch: int = 16
    rate: float = 1e-3
    backbone_rate: float = 0.2
    warmup: int = 100
    decay: float = 1e-4
    frozen: int = 0
    loss: LossKind = "focal"
    box_weight: float = 0.5
    teacher_weight: float = 1.0
    qat: bool = False
    average: float = 0.998
    precision: Literal["bf16", "float32"] = "float32"
    seed: int = 0
    validate_every: int = 500
    patience: int = 0
    save_seconds: float = 90.0

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, as a factor on ``rate``."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - self.warmup) / max(1, self.steps - self.warmup)))
