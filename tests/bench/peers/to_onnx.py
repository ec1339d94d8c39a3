"""A quantized ``.tflite`` SSD as ONNX, the same network: for peers that read no TFLite.

    .venv-lab/bin/python -m tests.bench.peers.to_onnx MODEL.tflite FOLDER

Writes ``NAME-float32.onnx``, the weights as real numbers, and ``NAME-int8.onnx``, with the file's own scales and zero
points as QuantizeLinear/DequantizeLinear pairs. Input ``image`` float32 (1, 3, H, W), RGB, -1 to 1; outputs ``boxes``
(1, A, 4) and ``scores`` (1, A, C). Pictures are channels-first inside, as ONNX wants them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
SAME, RELU6 = schema.Padding.SAME, schema.ActivationFunctionType.RELU6
NAMES = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}
DTYPES = {0: np.float32, 2: np.int32, 4: np.int64, 9: np.int8}


class Converter:
    """Turns one model's graph into ONNX nodes, an operator at a time.

    Args:
        model: the ``.tflite`` file's bytes.
        quantized: keep the quantization; otherwise real numbers throughout.
    """

    def __init__(self, model: bytes, quantized: bool) -> None:
        self._file, self._model = model, schema.ModelT.InitFromPackedBuf(model, 0)
        self._graph, self._quantized = self._model.subgraphs[0], quantized
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._channels_first: dict[int, str] = {}
        self._plain: dict[int, str] = {}

    def convert(self) -> Any:
        """The ONNX model."""
        first = int(self._graph.inputs[0])
        _, height, width, channels = self._graph.tensors[first].shape
        self._result(first, "image", channels_first=True)
        for operator in self._graph.operators:
            code = self._model.operatorCodes[operator.opcodeIndex]
            name = NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]
            getattr(self, f"_op_{name.lower()}")(operator)
        outputs = sorted((int(i) for i in self._graph.outputs), key=lambda i: -self._graph.tensors[i].shape[-1])
        for tensor, name in zip(outputs, ("boxes", "scores"), strict=True):
            self._nodes.append(helper.make_node("Identity", [self._as_plain(tensor)], [name]))
        shapes = [list(map(int, self._graph.tensors[i].shape)) for i in outputs]
        graph = helper.make_graph(
            self._nodes,
            "detector",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, int(channels), int(height), int(width)])],
            [helper.make_tensor_value_info(*named) for named in _outputs(shapes)],
            self._constants,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)

    def _add(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        name = f"t{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def _constant(self, values: Any) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _values(self, tensor: int) -> Any:
        """A constant as it is stored."""
        found = self._graph.tensors[tensor]
        buffer = self._model.buffers[found.buffer]
        if buffer.offset > 1:  # kept behind the tables
            data = np.frombuffer(self._file, np.uint8, buffer.size, buffer.offset)
        else:
            data = np.asarray(buffer.data, np.uint8)
        return data.view(DTYPES[found.type]).reshape(found.shape)

    def _result(self, tensor: int, name: str, channels_first: bool, relu6: bool = False) -> None:
        """An operator's result; quantized as the file says, which clips a ReLU6 too."""
        if relu6 and not self._quantized:
            name = self._add("Clip", [name, self._constant(np.float32(0)), self._constant(np.float32(6))])
        quantization = self._graph.tensors[tensor].quantization
        if self._quantized and quantization is not None and quantization.scale is not None:
            scale = self._constant(np.float32(quantization.scale[0]))
            zero = self._constant(np.int8(quantization.zeroPoint[0]))
            name = self._add("DequantizeLinear", [self._add("QuantizeLinear", [name, scale, zero]), scale, zero])
        (self._channels_first if channels_first else self._plain)[tensor] = name

    def _as_channels_first(self, tensor: int) -> str:
        if tensor not in self._channels_first:
            self._channels_first[tensor] = self._add("Transpose", [self._plain[tensor]], perm=[0, 3, 1, 2])
        return self._channels_first[tensor]

    def _as_plain(self, tensor: int) -> str:
        if tensor not in self._plain:
            self._plain[tensor] = self._add("Transpose", [self._channels_first[tensor]], perm=[0, 2, 3, 1])
        return self._plain[tensor]

    def _weights(self, tensor: int, order: tuple[int, ...], axis: int) -> str:
        """A filter or bias; ``axis`` is that of its scales before the axes are put into ``order``."""
        values, quantization = self._values(tensor), self._graph.tensors[tensor].quantization
        scales = np.asarray(quantization.scale, np.float32)
        if self._quantized:
            stored = self._constant(values.transpose(order))
            zeros = self._constant(np.zeros(len(scales), values.dtype))
            return self._add("DequantizeLinear", [stored, self._constant(scales), zeros], axis=order.index(axis))
        shape = [len(scales) if i == axis else 1 for i in range(values.ndim)]
        return self._constant((values * scales.reshape(shape)).astype(np.float32).transpose(order))

    def _convolve(self, operator: Any, order: tuple[int, ...], axis: int, groups: int) -> None:
        source, kernel, bias = (int(i) for i in operator.inputs)
        options, target = operator.builtinOptions, int(operator.outputs[0])
        strides = [options.strideH, options.strideW]
        shape = self._graph.tensors[kernel].shape
        pads = [0, 0, 0, 0]
        if options.padding == SAME:
            sizes = self._graph.tensors[source].shape[1:3]
            both = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(sizes, strides, shape[1:3], strict=True)]
            pads = [*(int(n) // 2 for n in both), *(int(n) - int(n) // 2 for n in both)]
        inputs = [self._as_channels_first(source), self._weights(kernel, order, axis), self._weights(bias, (0,), 0)]
        found = self._add("Conv", inputs, strides=strides, pads=pads, group=groups)
        self._result(target, found, True, options.fusedActivationFunction == RELU6)

    def _op_conv_2d(self, operator: Any) -> None:
        self._convolve(operator, (0, 3, 1, 2), 0, 1)

    def _op_depthwise_conv_2d(self, operator: Any) -> None:
        groups = int(self._graph.tensors[int(operator.inputs[0])].shape[3])
        self._convolve(operator, (3, 0, 1, 2), 3, groups)

    def _op_add(self, operator: Any) -> None:
        both = [self._as_channels_first(int(i)) for i in operator.inputs]
        relu6 = operator.builtinOptions.fusedActivationFunction == RELU6
        self._result(int(operator.outputs[0]), self._add("Add", both), True, relu6)

    def _op_pad(self, operator: Any) -> None:
        source, amounts = (int(i) for i in operator.inputs[:2])
        n, h, w, c = self._values(amounts).tolist()
        pads = self._constant(np.array([[side[end] for side in (n, c, h, w)] for end in (0, 1)], np.int64).reshape(-1))
        self._result(int(operator.outputs[0]), self._add("Pad", [self._as_channels_first(source), pads]), True)

    def _op_reshape(self, operator: Any) -> None:
        target = int(operator.outputs[0])
        shape = self._constant(np.array(self._graph.tensors[target].shape, np.int64))
        self._result(target, self._add("Reshape", [self._as_plain(int(operator.inputs[0])), shape]), False)

    def _op_transpose(self, operator: Any) -> None:
        source, order = (int(i) for i in operator.inputs)
        found = self._add("Transpose", [self._as_plain(source)], perm=self._values(order).tolist())
        self._result(int(operator.outputs[0]), found, False)

    def _op_concatenation(self, operator: Any) -> None:
        sources = [self._as_plain(int(i)) for i in operator.inputs]
        self._result(int(operator.outputs[0]), self._add("Concat", sources, axis=operator.builtinOptions.axis), False)

    def _op_logistic(self, operator: Any) -> None:
        found = self._add("Sigmoid", [self._as_plain(int(operator.inputs[0]))])
        self._result(int(operator.outputs[0]), found, False)

    def _op_quantize(self, operator: Any) -> None:
        source = int(operator.inputs[0])
        first = source in self._channels_first
        self._result(int(operator.outputs[0]), (self._channels_first if first else self._plain)[source], first)


def _outputs(shapes: list[list[int]]) -> list[tuple[str, int, list[int]]]:
    return [(name, TensorProto.FLOAT, shape) for name, shape in zip(("boxes", "scores"), shapes, strict=True)]


def main() -> None:
    """Both files, checked, and the anchors beside them."""
    from edgedet.inference.detector import Detector

    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    for suffix, quantized in (("float32", False), ("int8", True)):
        model = Converter(source.read_bytes(), quantized).convert()
        onnx.checker.check_model(model)
        onnx.save(model, folder / f"{source.stem}-{suffix}.onnx")
    np.save(folder / "anchors.npy", Detector(source).head._anchors)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
