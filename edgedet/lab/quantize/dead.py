"""Channels without weights, which int8 would break.

A trained net has channels that say the same of every picture: all weights zero, a bias. Int8 gives each output channel
the scale of its largest weight, and the bias is stored in steps of that scale times the input's: with weights of
1e-9 a bias of 10 needs more than the 32 bits it has, is cut off, and the channel says something else for ever. One
such channel in the first layer can cost a tenth of a detector's accuracy. A weight just large enough gives the bias
room; what it adds to the output is less than a thousandth of the bias.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.lab import require
from edgedet.lab.quantize.layers import flatbuffer_tools, operator_name

log = logging.getLogger(__name__)

CHANNEL_AXIS = {"CONV_2D": 0, "DEPTHWISE_CONV_2D": 3}
LEAST = 1e-4
"""Smallest sound weight for a bias of 1. The bias then fits for inputs in steps of down to 1e-3."""


def revive(path: Path, content: bytes) -> bytes:
    """A float model whose biases fit int8: the same bytes if they do anyway.

    Args:
        path: for the log.
        content: the model.
    """
    flatbuffer = flatbuffer_tools()
    model = flatbuffer.read_model(content)
    count = 0
    for graph in model.subgraphs:
        for operator in graph.operators:
            axis = CHANNEL_AXIS.get(operator_name(model.operatorCodes[operator.opcodeIndex]))
            if axis is not None and len(operator.inputs) > 2 and int(operator.inputs[2]) >= 0:
                count += _revive(graph.tensors, operator, axis, model.buffers, flatbuffer)
    if not count:
        return content
    log.warning(
        "%s: %d channels have no weights to speak of; they get some, so that int8 holds their biases", path, count
    )
    return bytes(require("ai_edge_litert.tools.flatbuffer_utils").convert_object_to_bytearray(model))


def _revive(tensors: Any, operator: Any, axis: int, buffers: Any, flatbuffer: Any) -> int:
    weight, bias = (tensors[int(i)] for i in operator.inputs[1:3])
    values, biases = (flatbuffer.get_tensor_data(t, buffers) for t in (weight, bias))
    if values is None or biases is None or values.dtype != np.float32:
        return 0
    mended = with_room(np.moveaxis(values, axis, 0), biases)
    if mended is None:
        return 0
    data = np.ascontiguousarray(np.moveaxis(mended, 0, axis))
    buffers[weight.buffer].data = np.frombuffer(data.tobytes(), np.uint8)
    least = np.abs(biases) * LEAST
    return int((np.abs(np.moveaxis(values, axis, 0)).reshape(len(biases), -1).max(axis=1) < least).sum())


def with_room(weights: NDArray[np.float32], biases: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Weights large enough for their biases.

    Args:
        weights: float32 (channels, ...).
        biases: float32 (channels,).

    Returns:
        The weights, one of each lacking channel made larger; None if none is lacking.
    """
    flat = weights.reshape(len(biases), -1)
    least = np.abs(biases) * LEAST
    lacking = np.abs(flat).max(axis=1) < least
    if not lacking.any():
        return None
    mended = flat.copy()
    mended[lacking, flat.shape[1] // 2] = least[lacking]
    return mended.reshape(weights.shape).astype(np.float32, copy=False)
