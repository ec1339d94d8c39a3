"""Suppression of overlapping boxes: any numbers, none, and many of the same."""

from __future__ import annotations

import numpy as np

from edgedet.inference.nms import non_maximum_suppression
from tests.fuzz.judge import Wrong
from tests.fuzz.supply import Supply

LONGEST = 256


def case(data: bytes) -> None:
    supply = Supply(data)
    count = supply.choice((0, 1, 2, 3, 10, 100, 1500))
    boxes, scores = supply.floats((count, 4)), supply.floats((count,))
    if supply.integer(1) and count:
        boxes[:] = boxes[0]
    ids = np.full(count, supply.integer(3), np.int32)
    ids[: supply.integer(255)] = 0
    most = supply.choice((1, 10, 100))
    with np.errstate(all="ignore"):
        kept = non_maximum_suppression(boxes, scores, ids, supply.choice((0.0, 0.5, 1.0)), most)
    if len(kept) > max(most, 1) or len(set(kept.tolist())) != len(kept):
        raise Wrong(f"{len(kept)} kept of at most {most}, or one twice")
    order = scores[kept]
    if np.isfinite(order).all() and (np.diff(order) > 0).any():
        raise Wrong("not the best first")


def seeds() -> list[bytes]:
    return [bytes([number]) + bytes(range(40)) for number in range(7)]
