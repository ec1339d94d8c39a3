"""YOLO-style single outputs: v5 rows (x, y, w, h, objectness, classes) and v8 columns (x, y, w, h, classes)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.heads import Candidates, Outputs
from edgedet.inference.heads.clues import Clues
from edgedet.inference.heads.scores import ScoreReader
from edgedet.inference.runtime import Tensor

_STRIDES = (8, 16, 32)
_V5_ANCHORS = 3
_FEWEST_CELLS = 20


def match(clues: Clues) -> YoloHead | str:
    """A YOLO output, or why this isn't one."""
    if len(clues.outputs) != 1:
        return f"{len(clues.outputs)} outputs; wanted one"
    tensor = clues.outputs[0]
    if len(tensor.shape) != 3 or tensor.shape[0] != 1:
        return "its output isn't (1, rows, columns)"
    width, height = clues.input_size
    cells = sum(math.ceil(width / s) * math.ceil(height / s) for s in _STRIDES)
    by_rows = tensor.shape[1] > tensor.shape[2]
    rows, columns = tensor.shape[1:] if by_rows else tensor.shape[:0:-1]
    if columns < 5 or rows < _FEWEST_CELLS:
        return f"{rows} rows of {columns} columns are no grid of boxes and classes"
    objectness = _has_objectness(clues, rows, columns, cells)
    if objectness is None:
        return (
            f"{rows} rows of {columns} columns fit neither v5 ({_V5_ANCHORS * cells} rows of 5 + classes) nor "
            f"v8 ({cells} rows of 4 + classes) at {width}x{height}; give the labels (-l)"
        )
    boxes = clues.samples[tensor.index].reshape(-1, *tensor.shape[1:])
    boxes = boxes[..., :4] if by_rows else boxes[:, :4]
    pixels = float(np.abs(boxes).max()) > 2.0
    return YoloHead(tensor, by_rows, objectness, clues.input_size if pixels else (1, 1))


def _has_objectness(clues: Clues, rows: int, columns: int, cells: int) -> bool | None:
    if rows == _V5_ANCHORS * cells:
        return True
    if rows == cells:
        return False
    if clues.classes is not None and clues.classes in (columns - 4, columns - 5):
        return clues.classes == columns - 5
    return None


class YoloHead:
    """One output of centre x, centre y, width, height, (objectness,) and class probabilities for every cell."""

    needs_nms = True

    def __init__(self, tensor: Tensor, by_rows: bool, objectness: bool, unit: tuple[int, int]) -> None:
        self.name = "yolov5" if objectness else "yolov8"
        rows, columns = tensor.shape[1:] if by_rows else tensor.shape[:0:-1]
        self._tensor, self._by_rows, self._objectness = tensor, by_rows, objectness
        self._unit = np.array([*unit, *unit], np.float32)
        self._read = ScoreReader(tensor, logits=False)
        self.num_anchors: int | None = rows
        self.classes: int | None = columns - 4 - int(objectness)

    def decode(self, output: Outputs, limits: NDArray[np.float32]) -> Candidates:
        """See :class:`edgedet.inference.heads.Head`.

        A class's score is its probability times the objectness; neither can make up for the other, so both must
        reach the limit by themselves before they are multiplied.
        """
        table = output(self._tensor).reshape(self._tensor.shape[1:])
        table = table if self._by_rows else table.T
        if self._objectness:
            table = table[table[:, 4] >= self._read.limits(limits.min(initial=1.0, keepdims=True))]
        classes = table[:, 5:] if self._objectness else table[:, 4:]
        rows, class_ids = np.nonzero(classes >= self._read.limits(limits))
        scores = self._read(classes[rows, class_ids])
        if self._objectness:
            scores = scores * self._read(table[rows, 4])
            kept = scores >= limits[class_ids]
            rows, class_ids, scores = rows[kept], class_ids[kept], scores[kept]
        real = self._tensor.dequantize(table[rows, :4]) / self._unit
        half = real[:, 2:] / 2
        boxes = np.concatenate([real[:, :2] - half, real[:, :2] + half], axis=1).astype(np.float32)
        return Candidates(boxes, scores.astype(np.float32), class_ids.astype(np.int32))
