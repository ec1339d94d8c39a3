"""Detectors on every runtime there is, all with the pipeline's own preprocessing, heads and suppression."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

from edgedet.errors import ConfigError, ExtraMissing, ModelError, RuntimeMissing
from edgedet.inference.detector import Detector
from edgedet.inference.runtime import Runtime, choose_runtime, physical_cores
from edgedet.lab.evaluate.onnx_detector import OnnxDetector
from edgedet.lab.evaluate.onnx_runtimes import OnnxRuntime, OpenVino
from edgedet.lab.evaluate.predict import CONFIDENCE, MAX_DETECTIONS

_TFLITE = ("litert", "tflite-runtime")
_ONNX: dict[str, Callable[[Path, int], Runtime]] = {"onnxruntime": OnnxRuntime, "openvino": OpenVino}
RUNTIMES = (*_TFLITE, *_ONNX)
"""The names of all, for ``.tflite`` files and for ``.onnx`` files, the preferred of each first."""


def missing() -> dict[str, str]:
    """The runtimes that aren't installed here, each with the reason and the remedy in one line."""
    reasons = {}
    for runtime in RUNTIMES:
        try:
            _check(runtime)
        except (RuntimeMissing, ExtraMissing) as error:
            reasons[runtime] = str(error)
    return reasons


def plan(models: Sequence[Path], runtimes: Sequence[str] = ()) -> list[tuple[Path, str]]:
    """Which model to run on which runtime.

    Args:
        models: ``.onnx`` files, all others being taken for TFLite.
        runtimes: of :data:`RUNTIMES`, each runs the models it can; ``all``: every one that is installed; none: the
            preferred one that is installed for each model.

    Raises:
        ConfigError: a model would run on none of the runtimes asked for.
        RuntimeMissing, ExtraMissing: a runtime asked for, or every one for a model, isn't installed.
    """
    pairs = []
    absent = missing()
    for model in models:
        fitting = [r for r in RUNTIMES if (r in _ONNX) == (model.suffix.lower() == ".onnx")]
        here = [r for r in fitting if r not in absent]
        chosen = here if "all" in runtimes else [r for r in fitting if r in runtimes]
        if not runtimes:
            chosen = here[:1]
        if not chosen and (not runtimes or "all" in runtimes):
            _check(fitting[0])
        if not chosen:
            raise ConfigError(f"{model}: runs on {' or '.join(fitting)}, not on {', '.join(runtimes)}; add --runtime")
        for runtime in chosen:
            _check(runtime)
            pairs.append((model, runtime))
    return list(dict.fromkeys(pairs))


def open_detector(model: Path, runtime: str, threads: int = 0) -> Detector:
    """A detector for measuring mAP: scores from 0.02, at most 100 objects in a picture.

    Args:
        model: a ``.tflite`` or ``.onnx`` file.
        runtime: one of :data:`RUNTIMES` that runs such files.
        threads: to compute with; 0: the physical cores.

    Raises:
        ModelError: the model can't be read, run or understood.
        RuntimeMissing, ExtraMissing: the runtime isn't installed.
    """
    if runtime not in _ONNX:
        return Detector(model, confidence=CONFIDENCE, max_detections=MAX_DETECTIONS, runtime=runtime, threads=threads)
    _check(runtime)
    try:
        content = model.read_bytes()
    except OSError as error:
        raise ModelError(f"{model}: the model can't be read ({error.strerror}); check the path") from None
    digest = hashlib.sha256(content).hexdigest()
    opened = _ONNX[runtime](model, threads or physical_cores())
    return OnnxDetector(model, len(content), digest, opened, CONFIDENCE, MAX_DETECTIONS)


def _check(runtime: str) -> None:
    if runtime not in _ONNX:
        choose_runtime(runtime)
    elif importlib.util.find_spec(runtime) is None:
        raise ExtraMissing(f"{runtime}: not installed; run: pip install {runtime}")
