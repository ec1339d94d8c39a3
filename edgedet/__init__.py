"""edgedet: an object-detection camera for the Raspberry Pi.

from edgedet import Detector
found = Detector("model.tflite").detect(image)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgedet.errors import EdgedetError
    from edgedet.inference.detector import Detector
    from edgedet.types import Detections, Frame, FrameResult

__all__ = ["Detections", "Detector", "EdgedetError", "Frame", "FrameResult"]

_HOMES = {
    "Detections": "edgedet.types",
    "Detector": "edgedet.inference.detector",
    "EdgedetError": "edgedet.errors",
    "Frame": "edgedet.types",
    "FrameResult": "edgedet.types",
}


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that ``edgedet --help`` needn't load NumPy and OpenCV."""
    if name not in _HOMES:
        raise AttributeError(f"module 'edgedet' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
