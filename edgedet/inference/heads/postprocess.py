"""Models that end in TFLite_Detection_PostProcess, or in another suppression with the same four outputs.

TF1 exports give boxes, classes, scores, count; TF2 and signature exports give them in other orders. The operator's
own outputs never change place, so they are followed to the model's; without it names tell, then shapes and values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.heads import Candidates, Outputs
from edgedet.inference.heads.clues import Clues, flat, rows_of
from edgedet.inference.runtime import Tensor

_TF1 = {"": 0, ":0": 0, ":1": 1, ":2": 2, ":3": 3}
_WORDS = (("box",), ("class", "categor"), ("score", "conf"), ("num", "count"))

Roles = tuple[Tensor, Tensor, Tensor, Tensor]
"""Boxes, classes, scores, count."""


def match(clues: Clues) -> PostProcessHead | str:
    """A head with suppression inside and four outputs, or why this isn't one."""
    if len(clues.outputs) != 4:
        return f"{len(clues.outputs)} outputs; wanted boxes, classes, scores and count"
    roles = _by_operator(clues) or _by_name(clues) or _by_value(clues)
    if roles is None:
        return "can't tell boxes, classes, scores and count apart by operator, name, shape or values"
    operator = clues.model.postprocess
    boxes = clues.samples[roles[0].index]
    pixels = operator is None and boxes.size > 0 and float(np.abs(boxes).max()) > 2.0
    name = "ssd-postprocess" if operator else "nms-in-model"
    head = PostProcessHead(name, roles, clues.input_size if pixels else (1, 1))
    if operator is not None:
        head.num_anchors = operator.num_anchors
        head.classes = operator.num_classes
    return head


def _valid(roles: list[Tensor]) -> Roles | None:
    """These four in order, if their shapes are what their roles need."""
    if len({tensor.index for tensor in roles}) != 4:
        return None
    boxes, classes, scores, count = roles
    sizes = {int(np.prod(t.shape)) for t in (classes, scores)} | {rows_of(boxes, 4)}
    return (boxes, classes, scores, count) if len(sizes) == 1 and int(np.prod(count.shape)) == 1 else None


def _by_operator(clues: Clues) -> Roles | None:
    if clues.model.postprocess is None:
        return None
    by_index = {tensor.index: tensor for tensor in clues.outputs}
    wired = clues.model.postprocess.outputs
    return _valid([by_index[i] for i in wired]) if all(i in by_index for i in wired) else None


def _by_name(clues: Clues) -> Roles | None:
    base = "TFLite_Detection_PostProcess"
    if all(t.name.startswith(base) and t.name[len(base) :] in _TF1 for t in clues.outputs):
        return _valid(sorted(clues.outputs, key=lambda t: _TF1[t.name[len(base) :]]))
    found = [clues.named(*words) for words in _WORDS]
    return _valid([matches[0] for matches in found]) if all(len(matches) == 1 for matches in found) else None


def _by_value(clues: Clues) -> Roles | None:
    boxes = [t for t in clues.outputs if rows_of(t, 4)]
    counts = [t for t in clues.outputs if int(np.prod(t.shape)) == 1]
    rest = [t for t in clues.outputs if t not in boxes and t not in counts]
    if (len(boxes), len(counts), len(rest)) != (1, 1, 2):
        return None
    whole = [bool((clues.samples[t.index] == np.round(clues.samples[t.index])).all()) for t in rest]
    if whole[0] == whole[1]:
        return None
    classes, scores = rest if whole[0] else rest[::-1]
    return _valid([boxes[0], classes, scores, counts[0]]) if clues.looks_like_probability(scores) else None


class PostProcessHead:
    """Boxes (N, 4) as y1, x1, y2, x2, class ids (N,), scores (N,) and how many of the N count."""

    needs_nms = False

    def __init__(self, name: str, roles: Roles, unit: tuple[int, int]) -> None:
        self.name = name
        self._boxes, self._classes, self._scores, self._count = roles
        self._unit = np.array([*unit, *unit], np.float32)
        self.classes: int | None = None
        self.num_anchors: int | None = None

    def decode(self, output: Outputs, limits: NDArray[np.float32]) -> Candidates:
        """See :class:`edgedet.inference.heads.Head`."""
        count = self._count.dequantize(output(self._count)).reshape(-1)[0]
        count = int(np.nan_to_num(count, nan=0.0, posinf=0.0))
        class_ids = self._classes.dequantize(output(self._classes)).reshape(-1)[: max(0, count)]
        scores = self._scores.dequantize(output(self._scores)).reshape(-1)[: max(0, count)]
        boxes = self._boxes.dequantize(flat(output(self._boxes), 4))[: max(0, count)]
        return sift(boxes[:, [1, 0, 3, 2]] / self._unit, scores, class_ids, limits)


def sift(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    class_ids: NDArray[np.float32],
    limits: NDArray[np.float32],
) -> Candidates:
    """Those whose class exists and whose score reaches its limit; class ids come as the floats models give."""
    known = (class_ids >= 0) & (class_ids < len(limits))
    ids = np.where(known, class_ids, 0).astype(np.int32)
    kept = known & (scores >= limits[ids])
    return Candidates(boxes[kept].astype(np.float32), scores[kept].astype(np.float32), ids[kept])
