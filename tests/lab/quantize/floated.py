"""A float detector that really detects: the bundled int8 one with its weights made real numbers again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.tools import flatbuffer_utils as flatbuffer
from numpy.typing import NDArray

schema = flatbuffer.schema_fb
_TYPES = {schema.TensorType.INT8: np.int8, schema.TensorType.INT32: np.int32}


def float_model(source: Path) -> Any:
    """The model object of a quantized TFLite file with every tensor, weight and bias as float32."""
    model = flatbuffer.read_model(str(source))
    graph = model.subgraphs[0]
    for tensor in graph.tensors:
        quantization = tensor.quantization
        if tensor.type not in _TYPES or quantization is None or quantization.scale is None:
            continue
        if model.buffers[tensor.buffer].data is not None:
            set_weights(model, tensor, _real(model, tensor))
        tensor.type, tensor.quantization = schema.TensorType.FLOAT32, None
    _drop_requantization(model, graph)
    _drop_unused(model, graph)
    return model


def weights(model: Any, tensor: Any) -> NDArray[np.float32]:
    """A float tensor's constant values."""
    return np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.float32).reshape(tensor.shape).copy()


def set_weights(model: Any, tensor: Any, values: NDArray[np.float32]) -> None:
    """Write a float tensor's constant values, in a buffer of its own."""
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(np.ascontiguousarray(values, np.float32).tobytes(), np.uint8)
    model.buffers.append(buffer)
    tensor.buffer = len(model.buffers) - 1


def save(model: Any, path: Path) -> Path:
    """Write a model object as a TFLite file."""
    path.write_bytes(bytes(flatbuffer.convert_object_to_bytearray(model)))
    return path


def _real(model: Any, tensor: Any) -> NDArray[np.float32]:
    quantization = tensor.quantization
    values = np.frombuffer(bytes(model.buffers[tensor.buffer].data), _TYPES[tensor.type]).reshape(tensor.shape)
    scale = np.asarray(quantization.scale, np.float64)
    if len(scale) > 1:
        shape = [1] * values.ndim
        shape[quantization.quantizedDimension] = -1
        scale = scale.reshape(shape)
    return (values * scale).astype(np.float32)


def _drop_requantization(model: Any, graph: Any) -> None:
    """QUANTIZE between two scales is nothing in float: who reads its output reads its input instead."""
    code = schema.BuiltinOperator.QUANTIZE
    kept, same = [], {}
    for operator in graph.operators:
        if model.operatorCodes[operator.opcodeIndex].builtinCode == code:
            same[operator.outputs[0]] = operator.inputs[0]
        else:
            kept.append(operator)
    for operator in kept:
        operator.inputs = np.array([same.get(int(i), int(i)) for i in operator.inputs], np.int32)
    graph.operators = kept


def _drop_unused(model: Any, graph: Any) -> None:
    ends = [int(i) for operator in graph.operators for i in (*operator.inputs, *operator.outputs)]
    used = sorted({*ends, *map(int, graph.inputs), *map(int, graph.outputs)} - {-1})
    place = {old: new for new, old in enumerate(used)} | {-1: -1}
    graph.tensors = [graph.tensors[i] for i in used]
    for owner in (graph, *graph.operators):
        owner.inputs = np.array([place[int(i)] for i in owner.inputs], np.int32)
        owner.outputs = np.array([place[int(i)] for i in owner.outputs], np.int32)
    for signature in model.signatureDefs:
        for entry in (*signature.inputs, *signature.outputs):
            entry.tensorIndex = place[entry.tensorIndex]
    used_buffers = sorted({0, *(t.buffer for t in graph.tensors), *(m.buffer for m in model.metadata or ())})
    numbers = {old: new for new, old in enumerate(used_buffers)}
    model.buffers = [model.buffers[i] for i in used_buffers]
    for owner in (*graph.tensors, *(model.metadata or ())):
        owner.buffer = numbers[owner.buffer]


def break_equalisation(model: Any, producer: int, consumer: int, factors: NDArray[np.float32]) -> None:
    """Multiply a linear convolution's output channels, and divide in the convolution that alone reads them.

    In float nothing changes; a whole-tensor weight scale then fits only the largest channels.

    Args:
        producer, consumer: operator numbers of two convolutions, no activation function between them.
        factors: float32 (C,), one for each channel between them.
    """
    graph = model.subgraphs[0]
    first, second = graph.operators[producer], graph.operators[consumer]
    assert second.inputs[0] == first.outputs[0]
    assert first.builtinOptions.fusedActivationFunction == schema.ActivationFunctionType.NONE
    for index, values in ((first.inputs[1], factors[:, None, None, None]), (first.inputs[2], factors)):
        set_weights(model, graph.tensors[index], weights(model, graph.tensors[index]) * values)
    kernel = graph.tensors[second.inputs[1]]
    set_weights(model, kernel, weights(model, kernel) / factors)
