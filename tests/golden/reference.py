"""The bundled model run by hand: the plainest script that could be right, with nothing of edgedet in it.

python tests/golden/reference.py photo.jpg
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

MODELS = Path(__file__).resolve().parents[2] / "models"
LABELS = ["person", "cat", "dog"]


def load(package: str) -> Any:
    if package == "litert":
        from ai_edge_litert.interpreter import Interpreter
    else:
        from tflite_runtime.interpreter import Interpreter
    interpreter = Interpreter(model_path=str(MODELS / "bootstrap-320-int8.tflite"), num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def iou(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (areas - width * height)


def detect(interpreter: Any, image: np.ndarray, confidence: float, overlap: float = 0.5) -> list[dict[str, Any]]:
    given = interpreter.get_input_details()[0]
    scale, zero = given["quantization"]
    rgb = cv2.cvtColor(cv2.resize(image, (320, 320)), cv2.COLOR_BGR2RGB)
    real = rgb.astype(np.float32) / 127.5 - 1
    tensor = np.clip(np.round(real / scale) + zero, -128, 127).astype(np.int8)
    interpreter.set_tensor(given["index"], tensor[None])
    interpreter.invoke()
    outputs = {}
    for out in interpreter.get_output_details():
        scale, zero = out["quantization"]
        values = (interpreter.get_tensor(out["index"]).astype(np.float64) - zero) * scale
        outputs[out["shape"][-1]] = values[0]
    anchors = np.load(MODELS / "bootstrap-320-anchors.npy")
    height, width = image.shape[:2]
    candidates = []
    for i, (ax, ay, aw, ah) in enumerate(anchors.tolist()):
        dx, dy, dw, dh = outputs[4][i].tolist()
        for class_id in range(3):
            score = float(outputs[3][i, class_id])
            if score < confidence:
                continue
            cx, cy = dx / 10 * aw + ax, dy / 10 * ah + ay
            w, h = math.exp(dw / 5) * aw, math.exp(dh / 5) * ah
            candidates.append((score, class_id, [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]))
    candidates.sort(key=lambda c: -c[0])
    kept: list[tuple[float, int, list[float]]] = []
    for candidate in candidates:
        if all(k[1] != candidate[1] or iou(k[2], candidate[2]) <= overlap for k in kept):
            kept.append(candidate)
    sizes = [width, height, width, height]
    return [
        {
            "label": LABELS[class_id],
            "class_id": class_id,
            "score": score,
            "box": [min(max(v, 0.0), 1.0) * size for v, size in zip(box, sizes, strict=True)],
        }
        for score, class_id, box in kept
    ]


if __name__ == "__main__":
    runtime = load("litert")
    for path in sys.argv[1:]:
        print(json.dumps(detect(runtime, cv2.imread(path), 0.5)))
