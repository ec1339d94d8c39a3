"""What every peer's loop shares: its options, the film's frames, and the line that it prints for each."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LABELS = ("person", "cat", "dog")
CONFIDENCE = 0.5
IOU = 0.5


def options() -> argparse.Namespace:
    """The film, the model and the pace, as :mod:`tests.bench.peers.runs` gives them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--film", required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--fps", type=float, default=0, help="frames a second; 0: as fast as can be")
    return parser.parse_args()


class Pace:
    """Lets frames through at their time; ``fps`` 0: at once."""

    def __init__(self, fps: float) -> None:
        self._step = 1 / fps if fps else 0.0
        self._due = 0.0

    def wait(self) -> None:
        """Sleep until the next frame is due; one that is late is due now."""
        if not self._step:
            return
        now = time.monotonic()
        if now < self._due:
            time.sleep(self._due - now)
        self._due = max(self._due, now) + self._step


def film(path: str, fps: float) -> Iterator[tuple[int, float, Any]]:
    """Number, arrival (monotonic seconds) and pixels (BGR) of each frame, read as tutorials do, over and over."""
    import cv2

    capture, pace, index = cv2.VideoCapture(path), Pace(fps), 0
    if not capture.isOpened():
        sys.exit(f"{path}: OpenCV can't open it")
    while True:
        pace.wait()
        read, frame = capture.read()
        if not read:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            continue
        yield index, time.monotonic(), frame
        index += 1


class Said:
    """Prints a frame's line: what was found, how old the frame was by then, and what drawing took of it."""

    def __init__(self) -> None:
        self._drawn = 0.0

    def drawing(self, seconds: float) -> None:
        """So many seconds of the next line's frame went into drawing."""
        self._drawn += seconds

    def line(self, index: int, arrived: float, found: list[tuple[int, float, tuple[float, ...]]]) -> None:
        """``found``: class id, score and x1, y1, x2, y2 in pixels of each object."""
        latency, drawn, self._drawn = time.monotonic() - arrived, self._drawn, 0.0
        objects = [
            {"label": LABELS[label], "score": round(float(score), 4), "box": [round(float(v), 1) for v in box]}
            for label, score, box in found
        ]
        print(
            json.dumps({"index": index, "detections": objects, "latency_ms": latency * 1e3, "drawing_ms": drawn * 1e3}),
            flush=True,
        )


def boxed(frame: Any, found: list[tuple[int, float, tuple[float, ...]]]) -> None:
    """Draw as the tutorials do: a rectangle, a plate and the label with its score in percent."""
    import cv2

    for label, score, (left, top, right, bottom) in found:
        x1, y1, x2, y2 = int(left), int(top), int(right), int(bottom)
        cv2.rectangle(frame, (x1, y1), (x2, y2), (10, 255, 0), 2)
        text = f"{LABELS[label]}: {int(score * 100)}%"
        (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 2)
        floor = max(y1, height + 10)
        corners = (x1, floor - height - 10), (x1 + width, floor + base - 10)
        cv2.rectangle(frame, *corners, (255, 255, 255), cv2.FILLED)
        cv2.putText(frame, text, (x1, floor - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0, 0, 0), 2)
