"""supervision with ONNX Runtime: its Detections, their NMS, its box and label annotators. One intra-op thread."""

from __future__ import annotations

import time

import cv2
import numpy as np
import onnxruntime
import supervision

from tests.bench.peers.loops.given import IOU, LABELS, Said, film, options
from tests.bench.peers.loops.raw_ssd import anchors_of, decoded


def main() -> None:
    """Until it is ended."""
    given, said = options(), Said()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(given.model), settings, providers=["CPUExecutionProvider"])
    wanted, anchors = session.get_inputs()[0], anchors_of(given.model)
    height, width = wanted.shape[2:]
    box_annotator, label_annotator = supervision.BoxAnnotator(), supervision.LabelAnnotator()
    for index, arrived, frame in film(given.film, given.fps):
        resized = cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), (width, height))
        picture = ((resized.astype(np.float32) - 127.5) / 127.5).transpose(2, 0, 1)[None]
        boxes, scores = session.run(["boxes", "scores"], {wanted.name: picture})
        rows, columns = frame.shape[:2]
        corners, best, classes = decoded(boxes[0], scores[0], anchors, columns, rows)
        found = supervision.Detections(xyxy=corners, confidence=best, class_id=classes).with_nms(threshold=IOU)
        began = time.monotonic()
        named = [f"{LABELS[c]} {s:.2f}" for c, s in zip(found.class_id, found.confidence, strict=True)]
        scene = box_annotator.annotate(scene=frame.copy(), detections=found)
        label_annotator.annotate(scene=scene, detections=found, labels=named)
        said.drawing(time.monotonic() - began)
        rows_of = zip(found.class_id.tolist(), found.confidence.tolist(), found.xyxy.tolist(), strict=True)
        said.line(index, arrived, [(label, score, tuple(box)) for label, score, box in rows_of])


if __name__ == "__main__":
    main()
