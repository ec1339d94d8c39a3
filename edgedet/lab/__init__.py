"""The quantization lab: data in, training, export, quantization, and the proof that the result still detects.

It needs ``pip install 'edgedet[lab]'``; nothing outside this package imports it. The rooms, in the order of the work::

    datasets/    annotated pictures: read, check, split, write, draw
    training/    SSDLite MobileNetV2 in PyTorch
    export/      PyTorch to TFLite and ONNX, with parity checked at every step
    quantize/    calibration, recipes, the sweep and its report
    evaluate/    accuracy through the pipeline's own preprocessing and decode
"""

from __future__ import annotations

import importlib
from types import ModuleType

from edgedet.errors import ExtraMissing


def require(module: str, extra: str = "lab") -> ModuleType:
    """Import a package that only an extra installs.

    Raises:
        ExtraMissing: it isn't here; the message says how to install it.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not (module + ".").startswith(error.name + "."):
            raise
        raise ExtraMissing(f"{module}: not installed; run: pip install 'edgedet[{extra}]'") from None
