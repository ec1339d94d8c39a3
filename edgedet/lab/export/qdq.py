"""Float ONNX to int8 ONNX, as QuantizeLinear and DequantizeLinear pairs (QDQ)."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.lab import require


class _Reader:
    """Gives the calibration pictures one by one, then None: onnxruntime's ``CalibrationDataReader``."""

    def __init__(self, inputs: NDArray[np.float32]) -> None:
        self._left: Iterator[NDArray[np.float32]] = iter(inputs)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next picture as the model's input."""
        found = next(self._left, None)
        return None if found is None else {"image": found[None]}


def to_qdq(model: bytes, inputs: NDArray[np.float32]) -> bytes:
    """A float ONNX model quantized by ONNX Runtime: int8 weights per channel, int8 activations per tensor.

    Its input and outputs stay float32. ONNX Runtime, OpenVINO and TensorRT fold the pairs into integer operators.

    Args:
        model: as :func:`edgedet.lab.export.onnx.to_onnx` gives it.
        inputs: float32 (N, size, size, 3), RGB, -1 to 1: the calibration pictures; ranges are their extremes.

    Returns:
        The file's bytes.

    Raises:
        ModelError: ONNX Runtime can't quantize it.
        ExtraMissing: onnx or onnxruntime isn't installed.
    """
    require("onnx")
    quantization: Any = require("onnxruntime.quantization")
    shape_inference: Any = require("onnxruntime.quantization.shape_inference")
    with tempfile.TemporaryDirectory() as folder:
        given, prepared, done = (Path(folder) / name for name in ("float.onnx", "prepared.onnx", "int8.onnx"))
        given.write_bytes(model)
        root = logging.getLogger()
        level = root.level
        root.setLevel(logging.ERROR)  # it advises on the root logger to do what the next lines do
        try:
            shape_inference.quant_pre_process(str(given), str(prepared))
            quantization.quantize_static(
                str(prepared),
                str(done),
                _Reader(inputs),
                quant_format=quantization.QuantFormat.QDQ,
                per_channel=True,
                activation_type=quantization.QuantType.QInt8,
                weight_type=quantization.QuantType.QInt8,
            )
        except (RuntimeError, ValueError, TypeError) as error:
            raise ModelError(f"ONNX Runtime can't quantize the model ({str(error).splitlines()[0]})") from None
        finally:
            root.setLevel(level)
        return done.read_bytes()
