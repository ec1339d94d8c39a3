"""ONNX Runtime and OpenVINO behind the :class:`edgedet.inference.runtime.Runtime` protocol.

The model has the shape of edgedet's own exports: one input (1, H, W, 3), and the outputs of the TFLite file.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.runtime import Tensor
from edgedet.lab import require

_TYPES = {
    "tensor(float)": np.float32,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}


class _Buffered:
    """What both have in common: an input buffer of our own, and the last run's outputs."""

    def __init__(
        self, name: str, model: Path, threads: int, inputs: Sequence[Tensor], outputs: Sequence[Tensor]
    ) -> None:
        self.name, self.threads = name, threads
        self.inputs, self.outputs = tuple(inputs), tuple(outputs)
        self._model = model
        self._buffer = np.zeros(self.inputs[0].shape, self.inputs[0].dtype)
        self._results: dict[int, NDArray[Any]] = {}

    def input(self) -> NDArray[Any]:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        return self._buffer

    def output(self, tensor: Tensor) -> NDArray[Any]:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        return self._results[tensor.index]


class OnnxRuntime(_Buffered):
    """A model on ONNX Runtime's CPU provider.

    Args:
        model: an ``.onnx`` file.
        threads: to compute with.

    Raises:
        ModelError: it can't be loaded.
        ExtraMissing: onnxruntime isn't installed.
    """

    def __init__(self, model: Path, threads: int) -> None:
        onnxruntime = require("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # what goes wrong is raised as well
        name = f"onnxruntime {importlib.metadata.version('onnxruntime')}"
        with _naming(model, name, "can't run it"):
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        ports = enumerate([*self._session.get_inputs(), *self._session.get_outputs()])
        tensors = [_tensor(model, i, port.name, port.shape, _TYPES.get(port.type)) for i, port in ports]
        inputs, outputs = tensors[: len(self._session.get_inputs())], tensors[len(self._session.get_inputs()) :]
        super().__init__(name, model, threads, inputs, outputs)

    def invoke(self) -> None:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        with _naming(self._model, self.name, "failed while running it"):
            results = self._session.run(None, {self.inputs[0].name: self._buffer})
        self._results = {tensor.index: result for tensor, result in zip(self.outputs, results, strict=True)}


class OpenVino(_Buffered):
    """A model on OpenVINO's CPU plug-in; arguments and errors as :class:`OnnxRuntime`'s."""

    def __init__(self, model: Path, threads: int) -> None:
        openvino = require("openvino", "openvino")
        name = f"openvino {importlib.metadata.version('openvino')}"
        settings = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
        with _naming(model, name, "can't run it"):
            compiled = openvino.Core().compile_model(str(model), "CPU", settings)
            self._request = compiled.create_infer_request()
        inputs = [_port(model, i, port) for i, port in enumerate(compiled.inputs)]
        outputs = [_port(model, i, port) for i, port in enumerate(compiled.outputs, start=len(inputs))]
        super().__init__(name, model, threads, inputs, outputs)

    def invoke(self) -> None:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        with _naming(self._model, self.name, "failed while running it"):
            results = self._request.infer([self._buffer])
        self._results = {tensor.index: results[i] for i, tensor in enumerate(self.outputs)}


def _port(model: Path, index: int, port: Any) -> Tensor:
    shape = [d.get_length() if d.is_static else None for d in port.partial_shape]
    return _tensor(model, index, port.any_name, shape, port.element_type.to_dtype())


def _tensor(model: Path, index: int, name: str, shape: Sequence[Any], dtype: Any) -> Tensor:
    if dtype is None or not all(isinstance(n, int) for n in shape[1:]):
        raise ModelError(
            f"{model}: {name} {list(shape)} has an open shape or a type that isn't of pictures; "
            "export it with fixed shapes and a batch of 1"
        )
    batch = [n if isinstance(n, int) else 1 for n in shape[:1]]  # an open batch is run with one picture
    return Tensor(index, name, (*batch, *shape[1:]), np.dtype(dtype), 0.0, 0)


@contextlib.contextmanager
def _naming(model: Path, runtime: str, what: str) -> Iterator[None]:
    """Neither package has an exception class of its own to catch: all they raise is about the model."""
    try:
        yield
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        raise ModelError(f"{model}: {runtime} {what}: {reason}") from None
