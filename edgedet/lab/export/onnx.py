"""PyTorch to float ONNX, and running it."""

from __future__ import annotations

import io
import json
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.lab import require
from edgedet.lab.export.parity import RawOutputs
from edgedet.lab.export.tflite import quiet, with_scores

OPSET = 18
"""The newest operators that every current ONNX Runtime, OpenVINO and TensorRT has."""


def to_onnx(net: Any, size: int) -> bytes:
    """A net as a float ONNX model with the inputs and outputs of the TFLite one.

    ``image``, float32 (1, size, size, 3), RGB, -1 to 1; ``boxes``, float32 (1, A, 4); ``scores``, float32 (1, A, C),
    probabilities. The same decode reads both.

    Args:
        net: a module from float NCHW RGB pictures, -1 to 1, to (boxes (B, A, 4), logits (B, A, C)).
        size: side of the square input, in pixels.

    Returns:
        The file's bytes.

    Raises:
        ModelError: the net's weights aren't finite, or the exporter can't express it.
        ExtraMissing: PyTorch, onnx or onnxscript isn't installed.
    """
    torch, inner = require("torch"), with_scores(net)
    base: Any = torch.nn.Module

    class ChannelsLast(base):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(self, image: Any) -> tuple[Any, Any]:
            found = self.inner(image.permute(0, 3, 1, 2))
            return found["boxes"], found["scores"]

    whole = io.BytesIO()
    with quiet(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own code
        require("onnx")
        require("onnxscript")
        try:
            program = torch.onnx.export(
                ChannelsLast().eval(),
                (torch.zeros(1, size, size, 3),),
                input_names=["image"],
                output_names=["boxes", "scores"],
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
            )
            program.save(whole)
        except (RuntimeError, ValueError, NotImplementedError, torch.onnx.errors.OnnxExporterError) as error:
            raise ModelError(f"the net can't be converted to ONNX ({str(error).splitlines()[0]})") from None
    return whole.getvalue()


def with_properties(model: bytes, properties: dict[str, Any]) -> bytes:
    """An ONNX model with these among its metadata properties: text as it is, anything else as JSON."""
    onnx = require("onnx")
    loaded = onnx.load_from_string(model)
    onnx.helper.set_model_props(
        loaded, {key: value if isinstance(value, str) else json.dumps(value) for key, value in properties.items()}
    )
    whole: bytes = loaded.SerializeToString()
    return whole


def run_onnx(model: bytes, inputs: NDArray[np.float32]) -> RawOutputs:
    """An ONNX model's outputs in ONNX Runtime on the CPU; ``inputs`` float32 (N, H, W, 3), -1 to 1."""
    runtime = require("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    found = [session.run(["boxes", "scores"], {"image": x[None]}) for x in inputs]
    return RawOutputs(np.concatenate([boxes for boxes, _ in found]), np.concatenate([scores for _, scores in found]))
