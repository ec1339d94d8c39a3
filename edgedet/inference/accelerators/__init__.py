"""Detectors that aren't run by a TFLite interpreter, told by their file's ending.

====== ============================================================ ==========================
.hef   compiled for a Hailo-8, -8L or -10H                          :mod:`.hailo`
.rpk   compiled for Sony's IMX500, which runs it inside the camera  :mod:`.sensor`
====== ============================================================ ==========================

Written against the public interfaces of picamera2's ``devices``; not run on hardware.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from edgedet.inference.detector import Detector

_KINDS = {".hef": "hailo:HailoDetector", ".rpk": "sensor:SensorDetector"}


def detector_for(model: Path) -> type[Detector] | None:
    """The class that runs a model of this ending; None: it is one for the interpreter."""
    if model.suffix.lower() not in _KINDS:
        return None
    module, _, name = _KINDS[model.suffix.lower()].partition(":")
    kind: type[Detector] = getattr(import_module(f"{__name__}.{module}"), name)
    return kind


def runs_in_camera(model: Path | None) -> bool:
    """Whether it is the camera itself that runs this model."""
    return model is not None and model.suffix.lower() == ".rpk"
