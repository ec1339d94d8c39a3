"""Models that are nearly right: real ones with something broken, the same ones for the same seed."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from edgedet.inference.anchors import ssd_anchors
from tests import modelkit as kit
from tests.modelkit import Kind
from tests.modelkit.metadata import append_files
from tests.places import MODEL

_WORDS = (0, 1, 2, 4, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**24, 2**31 - 1, 2**31, 2**32 - 8, 2**32 - 1)
_SIZES = (-1, 0, 1, 2, 3, 5, 64, 1001, 1 << 16, 1 << 28, 2**31 - 1)
_LABELS = ["person", "cat", "dog"]
_SMALL = (96, 96)

Mutation = Callable[[random.Random, bytes], bytes]


def whole_models() -> list[bytes]:
    """What is broken: the bundled model with and without the operator, and a head of each family."""
    bundled = MODEL.read_bytes()
    anchors = ssd_anchors(*_SMALL)
    count = len(anchors)
    values = np.random.default_rng(0)
    encodings = values.normal(size=(16, count, 4)) / 4
    scores = values.uniform(size=(count, 4))
    rows = values.uniform(size=(189, 8))
    prior = np.load(MODEL.with_name("bootstrap-320-anchors.npy"))
    boxes, scores8 = Kind("int8", 0.05, 3), Kind("uint8", 1 / 256, 0)
    plain = [
        bundled,
        kit.with_postprocess(bundled, prior),
        kit.ssd_raw(encodings, scores[:, :3], box_kind=boxes, score_kind=scores8, size=_SMALL),
        kit.postprocess(encodings[0], scores, anchors[:, [1, 0, 3, 2]], export="signature", size=_SMALL),
        kit.four_outputs(rows[:10, :4], np.ones(10), rows[:10, 0], 7, size=_SMALL),
        kit.efficientdet(np.abs(rows[:100, :7]), size=_SMALL),
        kit.yolo_v5(values.uniform(size=(567, 8)), size=_SMALL),
        kit.yolo_v8(rows[:, :7], output_kind=Kind("int8", 1 / 255, -128), size=_SMALL),
    ]
    return [kit.with_metadata(model, _LABELS, 127.5, 127.5) for model in plain]


def mutate(seed: int, models: list[bytes]) -> tuple[str, bytes]:
    """The mutant of this seed, and what was done to which model."""
    chance = random.Random(seed)
    number = chance.randrange(len(models))
    names = list(_MUTATIONS)
    name = chance.choices(names, weights=_WEIGHTS)[0]
    return f"{name} of model {number}", _MUTATIONS[name](chance, models[number])


def _spot(chance: random.Random, data: bytes) -> int:
    """Somewhere in the file, as often as not near an end, where the tables are."""
    near = min(len(data), 4000)
    return chance.choice(
        (chance.randrange(len(data)), chance.randrange(8, near), chance.randrange(len(data) - near, len(data)))
    )


def _bits(chance: random.Random, data: bytes) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 4, 32))):
        broken[_spot(chance, data)] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _words(chance: random.Random, data: bytes) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 3, 10))):
        at = min(_spot(chance, data) & ~3, len(data) - 4)
        broken[at : at + 4] = struct.pack("<I", chance.choice(_WORDS))
    return bytes(broken)


def _truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.choice((_spot(chance, data), chance.randrange(64)))]


def _swap(chance: random.Random, data: bytes) -> bytes:
    first, second = sorted(_spot(chance, data) & ~3 for _ in range(2))
    size = min(chance.choice((4, 64, 1024)), second - first)
    a, b = data[first : first + size], data[second : second + size]
    return data[:first] + b + data[first + size : second] + a + data[second + len(b) :]


def _tables(chance: random.Random, data: bytes) -> bytes:
    """Break what the tables say and leave the file itself sound: the interpreter has to notice."""
    model = schema.ModelT.InitFromPackedBuf(data, 0)
    for buffer in model.buffers:
        if buffer.size:
            buffer.data = np.frombuffer(data, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    for _ in range(chance.choice((1, 1, 2, 5))):
        chance.choice(_TABLE_MUTATIONS)(chance, model)
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return append_files(bytes(builder.Output()), {"labelmap.txt": "\n".join(_LABELS).encode()})


def _code(chance: random.Random, model: Any) -> None:
    code = chance.choice(model.operatorCodes)
    code.builtinCode = chance.randrange(-1, 215)
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)


def _shape(chance: random.Random, model: Any) -> None:
    tensor = chance.choice(model.subgraphs[0].tensors)
    shape = list(tensor.shape) if tensor.shape is not None else []
    if shape and chance.random() < 0.8:
        shape[chance.randrange(len(shape))] = chance.choice(_SIZES)
    else:
        shape = [chance.choice(_SIZES) for _ in range(chance.randrange(6))]
    tensor.shape = shape


def _type(chance: random.Random, model: Any) -> None:
    chance.choice(model.subgraphs[0].tensors).type = chance.randrange(20)


def _wiring(chance: random.Random, model: Any) -> None:
    graph = model.subgraphs[0]
    holder, name = chance.choice([(op, "inputs") for op in graph.operators] + [(graph, "inputs"), (graph, "outputs")])
    wires = list(getattr(holder, name))
    if wires and chance.random() < 0.8:
        wires[chance.randrange(len(wires))] = chance.choice((-1, 0, len(graph.tensors), 9999, 2**31 - 1, 1, 2, 3))
    else:
        wires = wires[:-1]
    setattr(holder, name, wires)


def _quantization(chance: random.Random, model: Any) -> None:
    tensor = chance.choice(model.subgraphs[0].tensors)
    scale = chance.choice((0.0, -1.0, float("nan"), float("inf"), 1e-38, 1e38))
    tensor.quantization = schema.QuantizationParametersT(scale=[scale], zeroPoint=[chance.choice((0, 1 << 40, -999))])


def _buffer(chance: random.Random, model: Any) -> None:
    full = [buffer for buffer in model.buffers if buffer.data is not None and len(buffer.data)]
    if full:
        buffer = chance.choice(full)
        buffer.data = buffer.data[: chance.randrange(len(buffer.data))]


def _buffer_index(chance: random.Random, model: Any) -> None:
    tensor = chance.choice(model.subgraphs[0].tensors)
    tensor.buffer = chance.choice((0, chance.randrange(len(model.buffers)), len(model.buffers), 2**31))


_TABLE_MUTATIONS = (_code, _shape, _type, _wiring, _quantization, _buffer, _buffer_index)
_MUTATIONS: dict[str, Mutation] = {
    "bits": _bits,
    "words": _words,
    "swap": _swap,
    "truncation": _truncate,
    "tables": _tables,
}
_WEIGHTS = (3, 3, 2, 1, 6)
