"""OpenCV's own DNN module: blobFromImage, setInput, forward, NMSBoxes, draw; no interpreter besides OpenCV.

Its threads are what OpenCV chooses (all cores): the module has no setting but ``cv2.setNumThreads``, which is set to 1
here, as the interpreters of the other loops have one.
"""

from __future__ import annotations

import time

import cv2

from tests.bench.peers.loops.given import CONFIDENCE, IOU, Said, boxed, film, options
from tests.bench.peers.loops.raw_ssd import anchors_of, decoded


def main() -> None:
    """Until it is ended."""
    given, said = options(), Said()
    cv2.setNumThreads(1)
    net, anchors = cv2.dnn.readNetFromONNX(str(given.model)), anchors_of(given.model)
    size = (320, 320) if "320" in given.model.name else (256, 256)
    for index, arrived, frame in film(given.film, given.fps):
        blob = cv2.dnn.blobFromImage(frame, 1 / 127.5, size, (127.5, 127.5, 127.5), swapRB=True, crop=False)
        net.setInput(blob)
        boxes, scores = net.forward(["boxes", "scores"])
        rows, columns = frame.shape[:2]
        corners, best, classes = decoded(boxes[0], scores[0], anchors, columns, rows)
        spans = [[x1, y1, x2 - x1, y2 - y1] for x1, y1, x2, y2 in corners.tolist()]
        kept = cv2.dnn.NMSBoxesBatched(spans, best.tolist(), classes.tolist(), CONFIDENCE, IOU)
        found = [(int(classes[i]), float(best[i]), tuple(corners[i].tolist())) for i in kept]
        began = time.monotonic()
        boxed(frame, found)
        said.drawing(time.monotonic() - began)
        said.line(index, arrived, found)


if __name__ == "__main__":
    main()
