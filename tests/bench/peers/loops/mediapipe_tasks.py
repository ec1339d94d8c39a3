"""MediaPipe Tasks' ObjectDetector in video mode, as its Python guide has it. Its threads can't be set from Python."""

from __future__ import annotations

import time

import cv2
import mediapipe
from mediapipe.tasks.python import BaseOptions, vision

from tests.bench.peers.loops.given import CONFIDENCE, LABELS, Said, boxed, film, options


def main() -> None:
    """Until it is ended."""
    given, said = options(), Said()
    wanted = vision.ObjectDetectorOptions(
        base_options=BaseOptions(model_asset_path=str(given.model)),
        running_mode=vision.RunningMode.VIDEO,
        score_threshold=CONFIDENCE,
        max_results=20,
    )
    with vision.ObjectDetector.create_from_options(wanted) as detector:
        for index, arrived, frame in film(given.film, given.fps):
            rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
            result = detector.detect_for_video(picture, index + 1)
            found = []
            for each in result.detections:
                box, best = each.bounding_box, each.categories[0]
                corners = (box.origin_x, box.origin_y, box.origin_x + box.width, box.origin_y + box.height)
                found.append((LABELS.index(best.category_name), best.score, corners))
            began = time.monotonic()
            boxed(frame, found)
            said.drawing(time.monotonic() - began)
            said.line(index, arrived, found)


if __name__ == "__main__":
    main()
