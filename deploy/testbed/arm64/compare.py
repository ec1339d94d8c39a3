"""Whether two runs of ``edgedet detect --json`` found the same: ``compare.py HERE.jsonl THERE.jsonl``.

Pictures meet by their file names. What one run is sure of (``--sure``) must have a twin in the other: the same label,
nearly the same score, and a box no edge of which is further away than ``--px``, or, with ``--iou``, that overlaps as
much. So both runs must list lower scores too, or an object that sits on the threshold would seem lost.
Ends with 1 if more have no twin than ``--lost`` allows, a share of all. Needs no more than Python.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Detection = dict[str, Any]
Found = dict[str, list[Detection]]


@dataclass(frozen=True, slots=True, order=True)
class Distance:
    """How far apart two detections are: overlap of the boxes taken from 1, score, and the worst edge in pixels."""

    apart: float
    score: float
    edge: float

    def __str__(self) -> str:
        return f"{self.edge:.2f} px, IoU {1 - self.apart:.3f}, score {self.score:.4f}"


def read(path: str) -> Found:
    """Every picture's detections, by the picture's file name."""
    frames = [json.loads(line) for line in Path(path).read_text().splitlines()]
    return {Path(frame["source"]).name: frame["detections"] for frame in frames}


def distance(one: Detection, other: Detection) -> Distance:
    """See :class:`Distance`."""
    a, b = one["box"], other["box"]
    width, height = (min(a[i + 2], b[i + 2]) - max(a[i], b[i]) for i in (0, 1))
    both = max(width, 0) * max(height, 0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    edge = max(abs(p - q) for p, q in zip(a, b, strict=True))
    return Distance(1 - both / max(areas - both, 1e-9), abs(one["score"] - other["score"]), edge)


def nearest(one: Found, other: Found, sure: float) -> Iterator[tuple[str, Detection, Distance | None]]:
    """What ``one`` is sure of, each with the distance of the nearest of its kind in ``other``; None: there is none."""
    for picture, detections in one.items():
        for detection in detections:
            if detection["score"] >= sure:
                like = [distance(detection, o) for o in other.get(picture, []) if o["label"] == detection["label"]]
                yield picture, detection, min(like, default=None)


def main() -> int:
    """Print what has no twin, then one line on all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("here")
    parser.add_argument("there")
    parser.add_argument("--px", type=float, default=1.0)
    parser.add_argument("--iou", type=float)
    parser.add_argument("--score", type=float, default=0.02)
    parser.add_argument("--sure", type=float, default=0.5)
    parser.add_argument("--lost", type=float, default=0.0)
    args = parser.parse_args()
    here, there = read(args.here), read(args.there)
    if here.keys() != there.keys():
        print("in one run only:", *sorted(here.keys() ^ there.keys()))
        return 1
    lost: list[str] = []
    twins: list[Distance] = []
    for side, one, other in (("here", here, there), ("there", there, here)):
        for picture, detection, far in nearest(one, other, args.sure):
            boxes_meet = far and (far.edge <= args.px if args.iou is None else 1 - far.apart >= args.iou)
            if far and boxes_meet and far.score <= args.score:
                twins.append(far)
            else:
                near = f"the nearest: {far}" if far else "nothing like it"
                lost.append(f"{picture}: only {side}: {detection['label']} {detection['score']:.2f}; {near}")
    print("".join(f"{line}\n" for line in lost), end="")
    worst = Distance(*(max((getattr(t, n) for t in twins), default=0.0) for n in ("apart", "score", "edge")))
    print(f"{len(lost)} lost; {len(twins)} twins in {len(here)} pictures, worst {worst}")
    return 1 if not twins or len(lost) > args.lost * (len(lost) + len(twins)) else 0


if __name__ == "__main__":
    sys.exit(main())
