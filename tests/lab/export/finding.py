"""What detectors find in pictures, as JSON: for an interpreter that another environment has.

python -m tests.lab.export.finding RUNTIME CONFIDENCE MODEL,MODEL PICTURE ...
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.places import ROOT

_PACKAGES = {"litert": "ai_edge_litert", "tflite-runtime": "tflite_runtime"}


def find(runtime: str, confidence: float, models: Sequence[Path], pictures: Sequence[Path]) -> list[list[Any]]:
    """For each model and picture, the detections as ``to_dicts`` gives them; skipped where no environment can."""
    python = Path(sys.executable)
    if importlib.util.find_spec(_PACKAGES[runtime]) is None:
        python = ROOT / ".venv-tflite" / "bin" / "python"
        if not python.exists():
            pytest.skip(f"{runtime} isn't installed here, and there is no .venv-tflite: see deploy/test.sh")
    names = ",".join(map(str, models))
    command = [python, "-m", "tests.lab.export.finding", runtime, str(confidence), names, *map(str, pictures)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[Any]] = json.loads(done.stdout)
    return found


def main() -> None:
    import cv2

    from edgedet import Detector

    runtime, confidence, models, *pictures = sys.argv[1:]
    images = [cv2.imread(name) for name in pictures]
    found = []
    for model in models.split(","):
        detector = Detector(model, runtime=runtime, threads=1, confidence=float(confidence))
        assert runtime in detector.runtime.name
        found.append([detector.detect(image).to_dicts() for image in images])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
