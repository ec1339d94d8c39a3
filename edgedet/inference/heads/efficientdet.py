"""EfficientDet-Lite with its suppression inside and one output (Tan et al., EfficientDet, 2020; AutoML export).

Its other export, with four outputs, is read by :mod:`edgedet.inference.heads.postprocess`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.heads import Candidates, Outputs
from edgedet.inference.heads.clues import Clues, flat, rows_of
from edgedet.inference.heads.postprocess import sift
from edgedet.inference.runtime import Tensor

_COLUMNS = 7
_MOST = 1000


def match(clues: Clues) -> EfficientDetHead | str:
    """A single (1, N, 7) output of finished detections, or why this isn't one."""
    if len(clues.outputs) != 1:
        return f"{len(clues.outputs)} outputs; wanted one"
    tensor = clues.outputs[0]
    rows = rows_of(tensor, _COLUMNS)
    if rows is None or rows > _MOST:
        return "no output of shape (1, N, 7)"
    detections = clues.samples[tensor.index].reshape(-1, _COLUMNS)
    image, scores, ids = detections[:, 0], detections[:, 5], detections[:, 6]
    if not ((image == 0).all() and (scores >= 0).all() and (scores <= 1).all() and (ids == np.round(ids)).all()):
        return "its (1, N, 7) output doesn't hold image, y1, x1, y2, x2, score, class"
    pixels = float(np.abs(detections[:, 1:5]).max(initial=0)) > 2.0
    return EfficientDetHead(tensor, clues.input_size if pixels else (1, 1))


class EfficientDetHead:
    """Rows of image, y1, x1, y2, x2, score, class; classes count from 1."""

    name = "efficientdet"
    needs_nms = False
    classes: int | None = None
    num_anchors: int | None = None

    def __init__(self, tensor: Tensor, unit: tuple[int, int]) -> None:
        self._tensor = tensor
        self._unit = np.array([*unit, *unit], np.float32)

    def decode(self, output: Outputs, limits: NDArray[np.float32]) -> Candidates:
        """See :class:`edgedet.inference.heads.Head`."""
        rows = self._tensor.dequantize(flat(output(self._tensor), _COLUMNS))
        return sift(rows[:, [2, 1, 4, 3]] / self._unit, rows[:, 5], rows[:, 6] - 1, limits)
