"""A graph of TFLite operators, put together tensor by tensor and packed into a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

_TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "uint8": schema.TensorType.UINT8,
    "int8": schema.TensorType.INT8,
    "int16": schema.TensorType.INT16,
    "int32": schema.TensorType.INT32,
    "string": schema.TensorType.STRING,
}


@dataclass(frozen=True)
class Kind:
    """How a tensor stores real values: real = (element - zero_point) * scale; scale 0: as they are."""

    dtype: str = "float32"
    scale: float = 0.0
    zero_point: int = 0

    def elements(self, real: NDArray[Any]) -> NDArray[Any]:
        """Real values as they are stored: rounded and clipped to the type."""
        if self.dtype == "float32":
            return np.asarray(real, np.float32)
        steps = np.round(np.asarray(real, np.float64) / (self.scale or 1.0)) + self.zero_point
        limits = np.iinfo(self.dtype)
        return np.clip(steps, limits.min, limits.max).astype(self.dtype)


FLOAT32 = Kind()
UINT8 = Kind("uint8", 1 / 128, 128)
"""The input of the TF Object Detection API's quantized models: -1 to 1."""
INT32 = Kind("int32")


class Graph:
    """A model under construction; tensors are the numbers its methods return."""

    def __init__(self) -> None:
        self._model = schema.ModelT(version=3, operatorCodes=[], buffers=[schema.BufferT()], signatureDefs=[])
        self._graph = schema.SubGraphT(tensors=[], inputs=[], outputs=[], operators=[], name="main")
        self._model.subgraphs = [self._graph]

    @classmethod
    def load(cls, model: bytes) -> Graph:
        """A model's file, to be added to; its outputs are let go of (see :attr:`outputs`)."""
        graph = cls()
        graph._model = schema.ModelT.InitFromPackedBuf(model, 0)
        for buffer in graph._model.buffers:
            if buffer.size:  # data kept outside of the flatbuffer would be lost
                buffer.data = np.frombuffer(model, np.uint8, buffer.size, buffer.offset)
                buffer.offset = buffer.size = 0
        graph._graph = graph._model.subgraphs[0]
        return graph

    @property
    def inputs(self) -> list[int]:
        """The model's input tensors."""
        return [int(i) for i in self._graph.inputs]

    @property
    def outputs(self) -> list[int]:
        """The model's output tensors, in their order."""
        return [int(i) for i in self._graph.outputs]

    @outputs.setter
    def outputs(self, tensors: Sequence[int]) -> None:
        self._graph.outputs = list(tensors)
        self._model.signatureDefs = []  # what it said of the old outputs

    def shape(self, tensor: int) -> tuple[int, ...]:
        """A tensor's shape."""
        return tuple(int(n) for n in self._graph.tensors[tensor].shape)

    def tensor(self, shape: Sequence[int], kind: Kind, name: str = "", signature: Sequence[int] | None = None) -> int:
        """A tensor without values; ``signature`` is its shape with -1 where it is dynamic."""
        quantization = None
        if kind.scale:
            quantization = schema.QuantizationParametersT(scale=[kind.scale], zeroPoint=[kind.zero_point])
        tensors = self._graph.tensors
        tensors.append(
            schema.TensorT(
                shape=list(shape),
                type=_TYPES[kind.dtype],
                name=name or f"tensor {len(tensors)}",
                quantization=quantization,
                shapeSignature=None if signature is None else list(signature),
                hasRank=True,
            )
        )
        return len(tensors) - 1

    def input(self, shape: Sequence[int], kind: Kind, name: str = "input", **options: Any) -> int:
        """An input of the model."""
        index = self.tensor(shape, kind, name, **options)
        self._graph.inputs.append(index)
        return index

    def constant(self, elements: NDArray[Any], kind: Kind | None = None, name: str = "") -> int:
        """A tensor with these elements, stored as they are."""
        index = self.tensor(elements.shape, kind or Kind(str(elements.dtype)), name)
        self.fill(index, elements.tobytes())
        return index

    def fill(self, tensor: int, data: bytes) -> None:
        """Make a tensor a constant of these bytes."""
        self._graph.tensors[tensor].buffer = len(self._model.buffers)
        self._model.buffers.append(schema.BufferT(data=np.frombuffer(data, np.uint8)))

    def op(self, name: str, inputs: Sequence[int], outputs: Sequence[int], **options: Any) -> None:
        """A builtin operator, ``"GATHER"``; ``options`` are fields of its options table, ``axis=0``."""
        code = getattr(schema.BuiltinOperator, name)
        operator = self._operator(schema.OperatorCodeT(deprecatedBuiltinCode=min(code, 127), builtinCode=code))
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        table = "".join(word.capitalize() for word in name.split("_")) + "Options"
        if hasattr(schema, table + "T"):
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, table)
            operator.builtinOptions = getattr(schema, table + "T")(**options)

    def custom_op(self, name: str, inputs: Sequence[int], outputs: Sequence[int], options: bytes) -> None:
        """A custom operator with its options as flexbuffers."""
        custom = schema.BuiltinOperator.CUSTOM
        operator = self._operator(schema.OperatorCodeT(custom, customCode=name, builtinCode=custom))
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        operator.customOptions = np.frombuffer(options, np.uint8)

    def _operator(self, code: Any) -> Any:
        self._model.operatorCodes.append(code)
        self._graph.operators.append(schema.OperatorT(opcodeIndex=len(self._model.operatorCodes) - 1))
        return self._graph.operators[-1]

    def scene(self, image: int) -> int:
        """The picture's first element as an int32 (1,): what picks among scenes, see :meth:`choose`."""
        kind = self._kind(image)
        corner = self.tensor((1, 1, 1, 1), kind)
        self.op("SLICE", [image, self._whole(0, 0, 0, 0), self._whole(1, 1, 1, 1)], [corner])
        flat = self.tensor((1,), kind)
        self.op("RESHAPE", [corner, self._whole(1)], [flat], newShape=[1])
        whole = self.tensor((1,), INT32)
        self.op("CAST", [flat], [whole])
        return whole

    def choose(self, scene: int, scenes: NDArray[Any], kind: Kind, name: str) -> int:
        """A tensor (1, ...) of real values: the scene, modulo how many there are, of ``scenes`` (S, ...)."""
        index = self.tensor((1,), INT32)
        self.op("FLOOR_MOD", [scene, self._whole(len(scenes))], [index])
        chosen = self.tensor((1, *scenes.shape[1:]), kind, name)
        self.op("GATHER", [self.constant(kind.elements(scenes), kind), index], [chosen], axis=0)
        return chosen

    def sign(self, outputs: Mapping[str, int], key: str = "serving_default") -> None:
        """Add a signature with these names for the outputs."""
        maps = [schema.TensorMapT(name, index) for name, index in outputs.items()]
        image = schema.TensorMapT("images", self.inputs[0])
        self._model.signatureDefs.append(schema.SignatureDefT([image], maps, key, 0))

    def attach(self, name: str, data: bytes) -> None:
        """Add an entry to the model's metadata."""
        self._model.buffers.append(schema.BufferT(data=np.frombuffer(data, np.uint8)))
        self._model.metadata = [*(self._model.metadata or []), schema.MetadataT(name, len(self._model.buffers) - 1)]

    def pack(self) -> bytes:
        """The model's file."""
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _whole(self, *values: int) -> int:
        return self.constant(np.array(values, np.int32))

    def _kind(self, tensor: int) -> Kind:
        found = self._graph.tensors[tensor]
        dtype = next(name for name, number in _TYPES.items() if number == found.type)
        quantization = found.quantization
        if quantization is None or not len(quantization.scale):
            return Kind(dtype)
        return Kind(dtype, float(quantization.scale[0]), int(quantization.zeroPoint[0]))


def build_interpreter(model: bytes, package: str = "litert") -> Any:
    """An interpreter for a model, ready to invoke; package: ``litert`` or ``tflite-runtime``."""
    if package == "litert":
        from ai_edge_litert.interpreter import Interpreter
    else:
        from tflite_runtime.interpreter import Interpreter
    interpreter = Interpreter(model_content=model, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter
