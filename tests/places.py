"""Where tests find things outside the package."""

from __future__ import annotations

from pathlib import Path

import pytest

import edgedet

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "models" / "bootstrap-320-int8.tflite"
PHOTOS = Path(edgedet.__file__).parent / "capture" / "photos"
"""With the package under test, wherever that is."""
SHARED = ROOT.parent / "shared"


def shared(name: str) -> Path:
    """A file of the developers' data folder; the test is skipped on a clone that has none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs {name} of the developers' shared data, which isn't beside this checkout")
    return path
