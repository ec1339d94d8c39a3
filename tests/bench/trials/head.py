"""From raw scores to boxes: sifting quantized scores first, and keeping the best before suppression.

python -m tests.bench.trials.head [ROUNDS]
"""

from __future__ import annotations

import sys

import cv2
import numpy as np

from edgedet.inference.card import default_model
from edgedet.inference.detector import Detector
from edgedet.inference.heads import Candidates
from edgedet.inference.nms import non_maximum_suppression
from tests.bench.trials.timing import compare, pictures

REPEAT = 200


def main(rounds: int) -> None:
    detector = Detector(default_model(), threads=1, confidence=0.1)
    detector.detect(pictures(1)[0])
    runtime, head, limits = detector.runtime, detector.head, detector.limits
    boxes, scores = head._boxes, head._scores

    def after() -> None:
        """Everything is dequantized and decoded before it is sifted."""
        for _ in range(REPEAT):
            real = scores.dequantize(runtime.output(scores)).reshape(-1, scores.shape[-1])
            decoded = head._decode_boxes(runtime.output(boxes).reshape(-1, 4), head._anchors)
            rows, ids = np.nonzero(real >= limits.scores)
            Candidates(decoded[rows], real[rows, ids], ids.astype(np.int32))

    def before() -> None:
        for _ in range(REPEAT):
            head.decode(runtime.output, limits.scores)

    compare({"sifted after dequantizing": after, "sifted before (the program)": before}, rounds, REPEAT)

    random = np.random.default_rng(0)
    corner = random.uniform(0, 0.8, (2000, 2)).astype(np.float32)
    many = np.concatenate([corner, corner + random.uniform(0.02, 0.2, (2000, 2)).astype(np.float32)], axis=1)
    worth, ids = random.uniform(0.1, 1, 2000).astype(np.float32), random.integers(0, 3, 2000).astype(np.int32)
    spans = np.concatenate([many[:, :2], many[:, 2:] - many[:, :2]], axis=1)
    ways = {
        "2,000 candidates, all suppressed": lambda: cv2.dnn.NMSBoxesBatched(spans, worth, ids, 0.0, 0.5),
        "the best 1,000 (the program)": lambda: non_maximum_suppression(many, worth, ids),
    }
    compare(ways, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
