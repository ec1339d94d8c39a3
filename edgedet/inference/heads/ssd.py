"""Raw SSD heads: box encodings and class scores for every anchor (Liu et al., SSD, 2016; Faster R-CNN box coder)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import HeadError, ModelError
from edgedet.inference.anchors import standard_anchors
from edgedet.inference.card import CardHead
from edgedet.inference.heads import Candidates, Outputs
from edgedet.inference.heads.clues import Clues, flat, rows_of
from edgedet.inference.heads.scores import ScoreReader
from edgedet.inference.runtime import Tensor

_MAX_LOG = 10.0
"""Sizes beyond e^10 anchors are nonsense; without a limit they overflow."""

_COLUMNS = np.arange(4)


def match(clues: Clues) -> SsdHead | str:
    """A raw SSD head, or why this isn't one."""
    found = _roles(clues)
    if isinstance(found, str):
        return found
    boxes, scores, anchor_output = found
    count = rows_of(boxes)
    anchors = _anchors(clues, anchor_output, count or 0)
    if anchors is None:
        return (
            f"{count} anchors fit no standard SSD at {clues.input_size[0]}x{clues.input_size[1]}; "
            "give them in a card: model.json with an anchors file"
        )
    spec = clues.card.head or CardHead()
    columns = scores.shape[-1]
    activation = spec.activation
    if activation == "auto":
        activation = "none" if clues.looks_like_probability(scores) else "sigmoid"
    background = spec.background if spec.background is not None else _background(clues, scores, activation)
    if background is None:
        return f"{columns} score columns: with or without background? give the labels (-l) or a card"
    return SsdHead(boxes, scores, anchors, spec, activation, background)


def _roles(clues: Clues) -> tuple[Tensor, Tensor, Tensor | None] | str:
    """Which output holds the box encodings, which the scores, and which the anchors if one does."""
    fours = [t for t in clues.outputs if rows_of(t, 4)]
    if not fours:
        return "no output of shape (1, anchors, 4)"
    if len(clues.outputs) not in (2, 3):
        return f"{len(clues.outputs)} outputs; wanted boxes and scores, and perhaps anchors"
    anchors: list[Tensor] = []
    if len(clues.outputs) == 3:
        named = [t for t in clues.named("anchor", "prior") if t in fours]
        anchors = named[:1] or [t for t in fours if _constant_anchors(clues, t)][:1]
    rest = [t for t in clues.outputs if t not in anchors]
    if len(rest) != 2:
        return "can't tell boxes, scores and anchors apart"
    if rows_of(rest[0]) is None or rows_of(rest[0]) != rows_of(rest[1]):
        return f"boxes and scores are of different lengths ({rest[0]}, {rest[1]})"
    boxes = [t for t in rest if t in fours]
    if len(boxes) == 2:
        named = [t for t in clues.named("box", "loc", "regress", "bbox") if t in boxes]
        scored = [t for t in clues.named("score", "class", "conf", "prob", "cls") if t in boxes]
        by_range = [t for t in boxes if not clues.looks_like_probability(t)]
        boxes = next(
            (c for c in (named, [t for t in boxes if t not in scored], by_range) if len(c) == 1),
            [],
        )
    if len(boxes) != 1:
        return "two outputs of four columns, and neither names nor ranges tell boxes from scores"
    scores = next(t for t in rest if t is not boxes[0])
    return boxes[0], scores, anchors[0] if anchors else None


def _constant_anchors(clues: Clues, tensor: Tensor) -> bool:
    """Anchors are the same for every picture; centres lie in 0..1, and the widest standard anchor is 1.65 across."""
    runs = clues.samples[tensor.index]
    return bool((runs == runs[:1]).all() and (runs >= -0.5).all() and (runs <= 2).all() and runs.std() > 0)


def _anchors(clues: Clues, output: Tensor | None, count: int) -> NDArray[np.float32] | None:
    anchors = clues.card.load_anchors()
    if anchors is None and output is not None:  # the TF order of such a tensor is y, x, h, w
        anchors = flat(clues.samples[output.index][0], 4)[:, [1, 0, 3, 2]]
    if anchors is None:
        anchors = standard_anchors(clues.input_size, count)
    if anchors is not None and len(anchors) != count:
        raise ModelError(f"{clues.path}: {len(anchors)} anchors for {count} boxes; the card is of another model")
    return anchors


def _background(clues: Clues, scores: Tensor, activation: str) -> bool | None:
    columns = scores.shape[-1]
    if clues.classes is not None and clues.classes in (columns, columns - 1):
        return clues.classes == columns - 1
    if activation == "softmax":
        return True
    if activation == "none":  # a softmax's rows sum to one, and then its first column is the background
        sums = clues.samples[scores.index].reshape(-1, columns).sum(axis=1)
        return bool((np.abs(sums - 1) < 0.05).mean() > 0.95)
    return False if columns == 1 else None


class SsdHead:
    """Box encodings (N, 4) and scores (N, classes) over anchors.

    With anchor centre (ax, ay) and size (aw, ah), encoding (y, x, h, w) and scales (sy, sx, sh, sw):
    cx = x / sx * aw + ax; cy = y / sy * ah + ay; width = exp(w / sw) * aw; height = exp(h / sh) * ah.
    """

    name = "ssd-raw"
    needs_nms = True

    def __init__(
        self,
        boxes: Tensor,
        scores: Tensor,
        anchors: NDArray[np.float32],
        spec: CardHead,
        activation: str,
        background: bool,
    ) -> None:
        self._boxes, self._scores, self._anchors = boxes, scores, anchors
        self._softmax = activation == "softmax"
        self._first = int(background)
        self._read = ScoreReader(scores, logits=activation == "sigmoid")
        order = [1, 0, 3, 2] if spec.box_order == "yxhw" else [0, 1, 2, 3]
        self._order = np.array(order)
        self._scales = np.array(spec.scales, np.float32)[order]
        self._table: NDArray[np.float32] | None = None
        if boxes.scale and boxes.dtype.itemsize == 1:  # every encoding there can be, at the place its byte says
            self._table = self._offsets(np.arange(256, dtype=np.uint8).view(boxes.dtype)[:, None])
        self.num_anchors: int | None = len(anchors)
        self.classes: int | None = scores.shape[-1] - self._first
        if self.classes < 1:
            raise HeadError(f"output {scores}: no class is left beside the background")

    def decode(self, output: Outputs, limits: NDArray[np.float32]) -> Candidates:
        """See :class:`edgedet.inference.heads.Head`."""
        elements = flat(output(self._scores), self._scores.shape[-1])
        if self._softmax:
            scores = _softmax(self._scores.dequantize(elements))[:, self._first :]
            rows, class_ids = np.nonzero(scores >= limits)
            kept = scores[rows, class_ids]
        else:
            elements = elements[:, self._first :]
            rows, class_ids = self._read.reaching(elements, limits)
            kept = self._read(elements[rows, class_ids])
        boxes = self._decode_boxes(flat(output(self._boxes), 4)[rows], self._anchors[rows])
        return Candidates(boxes, kept, class_ids.astype(np.int32))

    def _decode_boxes(self, encodings: NDArray[Any], anchors: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._table is None:
            offsets = self._offsets(encodings[:, self._order])
        else:
            offsets = self._table[encodings[:, self._order].view(np.uint8), _COLUMNS]
        sizes = anchors[:, 2:]
        centre, half = offsets[:, :2] * sizes + anchors[:, :2], offsets[:, 2:] * sizes
        return np.concatenate([centre - half, centre + half], axis=1)

    def _offsets(self, encodings: NDArray[Any]) -> NDArray[np.float32]:
        """Encodings (N, 4) x, y, w, h, or (N, 1) for all -> the centre's offset and half the size, in anchor sizes."""
        offsets = self._boxes.dequantize(encodings) / self._scales
        offsets[:, 2:] = np.exp(np.minimum(offsets[:, 2:], _MAX_LOG)) / 2
        return offsets


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    total: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return total
