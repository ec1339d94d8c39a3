"""The float model that is to be quantized: read and checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edgedet.errors import ModelError
from edgedet.inference.flatfile import ModelFile
from edgedet.lab.quantize.dead import revive
from edgedet.lab.quantize.layers import LayeredModel, flatbuffer_tools, read_layered


def read_float_model(path: Path) -> LayeredModel:
    """Read a model and check that it can be quantized; channels that int8 would break are mended.

    Raises:
        ModelError: it can't be read or run, is quantized already, or a weight of it is NaN or infinite.
        ExtraMissing: ai-edge-quantizer isn't installed.
    """
    layered = read_layered(path)
    flatbuffer = flatbuffer_tools()
    model = flatbuffer.read_model(layered.content)
    _refuse_quantized(path, model, layered.file)
    _refuse_unsound(path, model, flatbuffer)
    return replace(layered, content=revive(path, layered.content))


def _refuse_quantized(path: Path, model: Any, file: ModelFile) -> None:
    scaled = [
        tensor
        for graph in model.subgraphs
        for tensor in graph.tensors
        if tensor.quantization is not None and tensor.quantization.scale is not None and len(tensor.quantization.scale)
    ]
    steps = [name for name in ("QUANTIZE", "DEQUANTIZE") if name in file.operators]
    if scaled or steps:
        what = f"{len(scaled)} of its tensors have a scale" if scaled else f"it has {' and '.join(steps)} operators"
        raise ModelError(f"{path}: quantized already ({what}); give the float model it was made from")


def _refuse_unsound(path: Path, model: Any, flatbuffer: Any) -> None:
    for graph in model.subgraphs:
        for tensor in graph.tensors:
            values = flatbuffer.get_tensor_data(tensor, model.buffers)
            if values is None or values.dtype.kind != "f":
                continue
            broken = int((~np.isfinite(values)).sum())
            if broken:
                raise ModelError(
                    f"{path}: {broken} of the {values.size} weights in {flatbuffer.get_tensor_name(tensor)[-80:]} are "
                    "NaN or infinite; the training diverged: export an earlier checkpoint"
                )
