"""A ``.tflite`` file as a graph that can be changed: tensors, operators, inputs, outputs (schema.fbs, version 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.lab.export.kinds import TYPES, Kind

_ALIGNMENT = 16
_MOST_PLAIN_CODE = 127
"""Operator numbers above it don't fit the schema's first field for them."""


class _Buffer(schema.BufferT):
    """A constant's bytes, aligned as the schema's ``force_align`` wants: the generated code leaves that out."""

    def Pack(self, builder: Any) -> Any:
        if self.data is not None:
            builder.Prep(_ALIGNMENT, len(self.data))
        return super().Pack(builder)


class Graph:
    """A model's main graph; tensors are the numbers its methods take and return.

    ::

        graph = Graph(Path("model.tflite").read_bytes())
        real = graph.tensor(graph.shape(graph.outputs[0]), FLOAT32, "scores")
        graph.op("DEQUANTIZE", [graph.outputs[0]], [real], version=2)
        graph.set_outputs({"scores": real})
        changed = graph.pack()

    Files that are appended to the model (its labels) are not carried over: metadata comes last.

    Args:
        model: the file's bytes.

    Raises:
        ModelError: it isn't a model.
    """

    def __init__(self, model: bytes) -> None:
        try:
            self._model = schema.ModelT.InitFromPackedBuf(model, 0)
            self._graph = self._model.subgraphs[0]
        except Exception as error:  # the generated code trusts every offset
            raise ModelError(f"not a TFLite model ({type(error).__name__}: {error})") from None
        for i, buffer in enumerate(self._model.buffers):
            data = buffer.data
            if buffer.offset > 1:  # kept behind the tables, where it would be lost
                data = np.frombuffer(model, np.uint8, buffer.size, buffer.offset)
            self._model.buffers[i] = _Buffer(data)

    @property
    def inputs(self) -> list[int]:
        """The model's input tensors."""
        return [int(i) for i in self._graph.inputs]

    @property
    def outputs(self) -> list[int]:
        """The model's output tensors, in their order."""
        return [int(i) for i in self._graph.outputs]

    @property
    def num_tensors(self) -> int:
        """How many tensors there are: 0 to one less."""
        return len(self._graph.tensors)

    @property
    def operators(self) -> list[str]:
        """The operators' names in the order they run; a custom one's by its code."""
        names = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}
        codes = [self._model.operatorCodes[operator.opcodeIndex] for operator in self._graph.operators]
        return [
            code.customCode.decode() if code.customCode else names[max(code.builtinCode, code.deprecatedBuiltinCode)]
            for code in codes
        ]

    def shape(self, tensor: int) -> tuple[int, ...]:
        """A tensor's shape."""
        return tuple(int(n) for n in self._graph.tensors[tensor].shape)

    def name(self, tensor: int) -> str:
        """A tensor's name."""
        return self._graph.tensors[tensor].name.decode()

    def kind(self, tensor: int) -> Kind:
        """How a tensor stores real values.

        Raises:
            ModelError: as something else than float32, int8, uint8, int16 or int32.
        """
        found = self._graph.tensors[tensor]
        dtype = next((name for name, number in TYPES.items() if number == found.type), None)
        if dtype is None:
            raise ModelError(f"tensor {self.name(tensor)}: its type isn't one of {', '.join(TYPES)}")
        quantization = found.quantization
        if quantization is None or quantization.scale is None or not len(quantization.scale):
            return Kind(dtype)
        return Kind(dtype, float(quantization.scale[0]), int(quantization.zeroPoint[0]))

    def is_constant(self, tensor: int) -> bool:
        """Whether a tensor's values are in the file: weights and the like."""
        return self._model.buffers[self._graph.tensors[tensor].buffer].data is not None

    def rename(self, tensor: int, name: str) -> None:
        """Give a tensor another name."""
        self._graph.tensors[tensor].name = name.encode()

    def tensor(self, shape: Sequence[int], kind: Kind, name: str) -> int:
        """A tensor without values."""
        quantization = None
        if kind.scale:
            quantization = schema.QuantizationParametersT(scale=[kind.scale], zeroPoint=[kind.zero_point])
        self._graph.tensors.append(
            schema.TensorT(
                shape=list(shape), type=TYPES[kind.dtype], name=name.encode(), quantization=quantization, hasRank=True
            )
        )
        return len(self._graph.tensors) - 1

    def constant(self, values: NDArray[Any], name: str) -> int:
        """A tensor with these values, float32 or int32, stored as they are."""
        index = self.tensor(values.shape, Kind(str(values.dtype)), name)
        self._graph.tensors[index].buffer = self._buffer(values.tobytes())
        return index

    def op(
        self,
        name: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        *,
        version: int = 1,
        at: int = -1,
        **options: Any,
    ) -> None:
        """Add a builtin operator, such as ``"GATHER"``.

        Args:
            inputs, outputs: tensors.
            version: of the operator, as the schema counts them.
            at: its place among the operators, which run in order; -1: last.
            options: fields of its options table, ``axis=0``.
        """
        number = getattr(schema.BuiltinOperator, name)
        code = schema.OperatorCodeT(
            deprecatedBuiltinCode=min(number, _MOST_PLAIN_CODE), builtinCode=number, version=version
        )
        operator = self._operator(code, inputs, outputs, at)
        table = "".join(word.capitalize() for word in name.split("_")) + "Options"
        if hasattr(schema, table):  # not every operator has any
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, table)
            operator.builtinOptions = getattr(schema, table + "T")(**options)

    def custom_op(self, name: str, inputs: Sequence[int], outputs: Sequence[int], options: bytes) -> None:
        """Add a custom operator, last, with its options as flexbuffers."""
        number = schema.BuiltinOperator.CUSTOM
        code = schema.OperatorCodeT(
            deprecatedBuiltinCode=number, builtinCode=number, customCode=name.encode(), version=1
        )
        operator = self._operator(code, inputs, outputs, -1)
        operator.customOptions = np.frombuffer(options, np.uint8)

    def set_input(self, name: str, tensor: int) -> None:
        """Make a tensor the model's only input, of this name in its signature."""
        self._graph.inputs = [tensor]
        self._signature().inputs = [schema.TensorMapT(name.encode(), tensor)]

    def set_outputs(self, tensors: dict[str, int]) -> None:
        """Make tensors the model's outputs, in this order, with these names in its signature."""
        self._graph.outputs = list(tensors.values())
        self._signature().outputs = [schema.TensorMapT(name.encode(), i) for name, i in tensors.items()]

    def attach(self, name: str, data: bytes) -> None:
        """Put an entry into the model's list of metadata, in the place of one of the same name."""
        kept = [entry for entry in self._model.metadata or [] if entry.name != name.encode()]
        self._model.metadata = [*kept, schema.MetadataT(name.encode(), self._buffer(data))]

    def pack(self) -> bytes:
        """The model's file."""
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _signature(self) -> Any:
        """The model's signature; one is made of its inputs and outputs if it has none."""
        if not self._model.signatureDefs:
            inputs, outputs = (
                [schema.TensorMapT(self.name(i).encode(), i) for i in tensors]
                for tensors in (self.inputs, self.outputs)
            )
            self._model.signatureDefs = [schema.SignatureDefT(inputs, outputs, b"serving_default", 0)]
        return self._model.signatureDefs[0]

    def _buffer(self, data: bytes) -> int:
        self._model.buffers.append(_Buffer(np.frombuffer(data, np.uint8)))
        return len(self._model.buffers) - 1

    def _operator(self, code: Any, inputs: Sequence[int], outputs: Sequence[int], at: int) -> Any:
        self._model.operatorCodes.append(code)
        operator = schema.OperatorT(
            opcodeIndex=len(self._model.operatorCodes) - 1, inputs=list(inputs), outputs=list(outputs)
        )
        operators = self._graph.operators
        operators.insert(len(operators) if at < 0 else at, operator)
        return operator
