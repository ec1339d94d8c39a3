"""The public tutorials' loop: read, convert, resize, set_tensor, invoke, a Python loop over the boxes, draw.

As in the classic ``TFLite_detection_video.py``. One thread for the interpreter; OpenCV as it comes. The interpreter is
built once, which not every tutorial does.
"""

from __future__ import annotations

import time

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from tests.bench.peers.loops.given import CONFIDENCE, Said, boxed, film, options


def main() -> None:
    """Until it is ended."""
    given, said = options(), Said()
    interpreter = Interpreter(model_path=str(given.model), num_threads=1)
    interpreter.allocate_tensors()
    wanted, outputs = interpreter.get_input_details()[0], interpreter.get_output_details()
    height, width = wanted["shape"][1:3]
    for index, arrived, frame in film(given.film, given.fps):
        rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        resized = cv2.resize(rgb, (width, height))
        interpreter.set_tensor(wanted["index"], np.expand_dims(resized, axis=0))
        interpreter.invoke()
        boxes, classes, scores = (interpreter.get_tensor(outputs[i]["index"])[0] for i in range(3))
        rows, columns = frame.shape[:2]
        found = []
        for i in range(len(scores)):
            if CONFIDENCE <= scores[i] <= 1.0:
                top, bottom = max(0, boxes[i][0] * rows), min(rows, boxes[i][2] * rows)
                left, right = max(0, boxes[i][1] * columns), min(columns, boxes[i][3] * columns)
                found.append((int(classes[i]), scores[i], (left, top, right, bottom)))
        began = time.monotonic()
        boxed(frame, found)
        said.drawing(time.monotonic() - began)
        said.line(index, arrived, found)


if __name__ == "__main__":
    main()
