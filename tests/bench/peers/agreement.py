"""Whether two loops found the same objects: nobody is to win by finding nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CONFIDENCE, OVERLAP = 0.5, 0.5
LEAST = 0.75
"""Agreement that a fair comparison needs: another resize or crop moves scores across the limit now and then."""


def agreement(ours: Mapping[int, Sequence[dict[str, Any]]], theirs: Mapping[int, Sequence[dict[str, Any]]]) -> float:
    """F1 of confident objects in the frames that both saw: 1 where each has a counterpart, 0 where none has.

    0 too where neither saw any: then nothing is shown.
    """
    matched = total = 0
    for index in ours.keys() & theirs.keys():
        left, right = _confident(ours[index]), _confident(theirs[index])
        total += len(left) + len(right)
        for each in left:
            best = max(right, key=lambda other: _overlap(each, other), default=None)
            if best is not None and _overlap(each, best) >= OVERLAP:
                right.remove(best)
                matched += 2
    return matched / total if total else 0.0


def per_frame(found: Mapping[int, Sequence[dict[str, Any]]]) -> float:
    """Confident objects in a frame, on average."""
    return sum(len(_confident(each)) for each in found.values()) / max(len(found), 1)


def _confident(objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in objects if each["score"] >= CONFIDENCE]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> float:
    """Intersection over union; 0 for objects of different labels."""
    if one["label"] != other["label"]:
        return 0.0
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = one["box"], other["box"]
    inner = max(0.0, min(ax2, bx2) - max(ax1, bx1)) * max(0.0, min(ay2, by2) - max(ay1, by1))
    outer = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - inner
    return float(inner / outer) if outer > 0 else 0.0
