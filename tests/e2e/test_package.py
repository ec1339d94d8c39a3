"""What a wheel holds: everything a run needs, and nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.places import ROOT


def test_the_wheel_has_models_photographs_and_the_page(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        script = next(name for name in names if name.endswith("entry_points.txt"))
        assert "edgedet = edgedet.__main__:main" in archive.read(script).decode()
    for name in (
        "edgedet/models/starter-320-int8.tflite",
        "edgedet/models/starter-320-int8.json",
        "edgedet/models/bootstrap-320-int8.tflite",
        "edgedet/models/bootstrap-320-int8.json",
        "edgedet/models/bootstrap-320-anchors.npy",
        "edgedet/capture/photos/hopper.jpg",
        "edgedet/capture/photos/CREDITS.md",
        "edgedet/inference/operators.txt",
        "edgedet/publish/live.html",
        "edgedet/py.typed",
    ):
        assert name in names
    assert not [name for name in names if name.startswith("tests")]
    assert wheel.stat().st_size < 12 << 20


def test_the_runtime_pulls_in_no_training_framework() -> None:
    code = (
        "import sys, numpy as np, edgedet.app\nfrom edgedet import Detector\n"
        "Detector().detect(np.zeros((9, 9, 3), np.uint8))\n"
        "bad = [m for m in ('torch', 'tensorflow', 'scipy', 'matplotlib', 'edgedet.lab') if m in sys.modules]\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
