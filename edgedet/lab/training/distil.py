"""Learning from a teacher as well as from boxes (Hinton et al. 2015): the student says what the teacher says.

Teacher and student share anchors, so that nothing has to be matched.
"""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import Tensor

CERTAIN = 0.2
"""Teacher's score from which its box is worth learning."""


def distillation_loss(boxes: Tensor, logits: Tensor, teacher_boxes: Tensor, teacher_logits: Tensor) -> Tensor:
    """How far a student is from its teacher, for one of the teacher's objects on average.

    Scores: cross-entropy with the teacher's as soft labels, less its own entropy, weighted by how wrong the student
    is (as in Li et al., Generalized Focal Loss, 2020). Boxes: smooth L1 where the teacher is certain of something.

    Args:
        boxes, teacher_boxes: (B, A, 4) encodings.
        logits, teacher_logits: (B, A, C).
    """
    soft = torch.sigmoid(teacher_logits)
    count = soft.amax(-1).sum().clamp(min=1)
    entropy = functional.binary_cross_entropy_with_logits(logits, soft, reduction="none")
    floor = functional.binary_cross_entropy_with_logits(teacher_logits, soft, reduction="none")
    weight = (torch.sigmoid(logits) - soft).abs()
    certain = soft.amax(-1, keepdim=True) * (soft.amax(-1, keepdim=True) > CERTAIN)
    offsets = functional.smooth_l1_loss(boxes, teacher_boxes, reduction="none") * certain
    return ((entropy - floor) * weight).sum() / count + offsets.sum() / count / 4
