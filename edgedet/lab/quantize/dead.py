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
"""Smallest sound weight for a bias of 1, with int8 activations: the bias fits for inputs in steps of down to 1e-3."""
LEAST_INT16 = 5e-4
"""The same with int16 activations, in steps of down to 1.2e-4; a picture's are finer, see :data:`AT_INPUT`."""
AT_INPUT = 8
"""Factor on it for what reads the model's input: from -1 to 1, where a ReLU6 reaches 6."""


def revive(path: Path, content: bytes, least: float = LEAST) -> bytes:
    """A float model whose biases fit int8: the same bytes if they do anyway.

    Args:
        path: for the log.
        content: the model.
        least: smallest sound weight for a bias of 1.
    """
    flatbuffer = flatbuffer_tools()
    model = flatbuffer.read_model(content)
    count = 0
    for graph in model.subgraphs:
        for operator in graph.operators:
            axis = CHANNEL_AXIS.get(operator_name(model.operatorCodes[operator.opcodeIndex]))
            if axis is not None and len(operator.inputs) > 2 and int(operator.inputs[2]) >= 0:
                first = int(operator.inputs[0]) in map(int, graph.inputs)
                sound = least * (AT_INPUT if first else 1)
                count += _revive(graph.tensors, operator, axis, model.buffers, flatbuffer, sound)
    if not count:
        return content
    log.info("%s: %d channels have hardly any weights; they get some, so that integers hold their biases", path, count)
    return bytes(require("ai_edge_litert.tools.flatbuffer_utils").convert_object_to_bytearray(model))


def _revive(tensors: Any, operator: Any, axis: int, buffers: Any, flatbuffer: Any, least: float) -> int:
    weight, bias = (tensors[int(i)] for i in operator.inputs[1:3])
    values, biases = (flatbuffer.get_tensor_data(t, buffers) for t in (weight, bias))
    if values is None or biases is None or values.dtype != np.float32:
        return 0
    mended, count = with_room(np.moveaxis(values, axis, 0), biases, least)
    if count:
        data = np.ascontiguousarray(np.moveaxis(mended, 0, axis))
        buffers[weight.buffer].data = np.frombuffer(data.tobytes(), np.uint8)
    return count


def with_room(
    weights: NDArray[np.float32], biases: NDArray[np.float32], least: float = LEAST
) -> tuple[NDArray[np.float32], int]:
    """Weights large enough for their biases.

    Args:
        weights: float32 (channels, ...).
        biases: float32 (channels,).
        least: smallest sound weight for a bias of 1.

    Returns:
        The weights, one of each lacking channel made larger, and how many were lacking.
    """
    flat = weights.reshape(len(biases), -1)
    needed = np.abs(biases) * least
    lacking = np.abs(flat).max(axis=1) < needed
    mended = flat.copy()
    mended[lacking, flat.shape[1] // 2] = needed[lacking]
    return mended.reshape(weights.shape).astype(np.float32, copy=False), int(lacking.sum())
