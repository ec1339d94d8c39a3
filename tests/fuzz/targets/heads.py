"""What outputs mean, told of tensors of any shape, type and value; and what is found in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.inference.card import Card
from edgedet.inference.flatfile import ModelFile, PostProcess
from edgedet.inference.heads import recognise
from edgedet.inference.heads.clues import Clues
from edgedet.inference.metadata import Metadata
from edgedet.inference.nms import non_maximum_suppression
from edgedet.inference.runtime import Tensor
from tests.fuzz.judge import Wrong
from tests.fuzz.supply import Supply

LONGEST = 512
_TYPES = ("float32", "uint8", "int8", "int16", "int32", "int64", "float16", "bool")
_NAMES = (
    "boxes", "scores", "classes", "num_detections", "anchors", "Identity", "TFLite_Detection_PostProcess",
    "TFLite_Detection_PostProcess:1", "TFLite_Detection_PostProcess:2", "TFLite_Detection_PostProcess:3", "",
)  # fmt: skip
_SIZES = (0, 1, 2, 3, 4, 5, 6, 7, 10, 20, 84, 100, 189, 567)
_MOST = 1 << 16
_CARDS = tuple(
    Card.model_validate(json.loads(text))
    for text in ("{}", '{"head": {"activation": "softmax"}}', '{"head": {"scales": [0, 0, 0, 0], "background": true}}',
                 '{"head": {"box_order": "xywh", "activation": "sigmoid", "background": false}}')
)  # fmt: skip


def case(data: bytes) -> None:
    """Recognise a head and let it decode two runs, then suppress: all it keeps has a class and a score."""
    supply = Supply(data)
    outputs = tuple(_tensor(supply, number) for number in range(supply.integer(4)))
    elements = {each.index: _elements(supply, each) for each in outputs}
    with np.errstate(all="ignore"):
        samples = {each.index: each.dequantize(np.stack([elements[each.index]] * 2)) for each in outputs}
    classes = supply.choice((None, 1, 2, 3, 80, 90))
    clues = Clues(_file(supply, len(outputs)), supply.choice(_CARDS), outputs, samples, (96, 96), classes)
    with np.errstate(all="ignore"):
        head = recognise(clues)
        count = classes or head.classes or 3
        limits = np.full(head.classes or count, supply.choice((0.0, 0.3, 0.5, 1.0)), np.float32)
        found = head.decode(lambda tensor: elements[tensor.index], limits)
        kept = non_maximum_suppression(found.boxes, found.scores, found.class_ids)
    if not len(found.boxes) == len(found.scores) == len(found.class_ids):
        raise Wrong("boxes, scores and classes of different numbers")
    if found.boxes.dtype != np.float32 or found.scores.dtype != np.float32 or found.class_ids.dtype != np.int32:
        raise Wrong(f"types {found.boxes.dtype} {found.scores.dtype} {found.class_ids.dtype}")
    if len(kept) and (found.class_ids[kept].min() < 0 or found.class_ids[kept].max() >= len(limits)):
        raise Wrong("a class that the model doesn't have")


def _tensor(supply: Supply, index: int) -> Tensor:
    shape = tuple(supply.choice(_SIZES) for _ in range(supply.integer(4)))
    while int(np.prod(shape)) > _MOST:
        shape = shape[:-1]
    dtype = np.dtype(supply.choice(_TYPES))
    scale = supply.choice((0.0, 1 / 255, 0.05, 1.0, 1e38)) if dtype.kind in "iu" else 0.0
    return Tensor(index, supply.choice(_NAMES), shape, dtype, scale, supply.choice((0, -128, 3, 255)))


def _elements(supply: Supply, tensor: Tensor) -> NDArray[Any]:
    values = supply.floats(tensor.shape)
    if tensor.dtype.kind == "f":
        return values.astype(tensor.dtype)
    limits = np.iinfo(tensor.dtype) if tensor.dtype.kind in "iu" else None
    span = (limits.min, limits.max) if limits else (0, 1)
    with np.errstate(all="ignore"):
        return np.clip(np.nan_to_num(values * 127), *span).astype(tensor.dtype)


def _file(supply: Supply, count: int) -> ModelFile:
    numbers = (supply.integer(4), supply.integer(4), supply.integer(4), supply.integer(4))
    operator = supply.choice((None, PostProcess(numbers, 10, 2), PostProcess((0, 1, 2, 3), None, None)))
    return ModelFile(Path("m.tflite"), 8, "00", {}, {}, operator, Metadata())


def seeds() -> list[bytes]:
    """For each family of heads the shapes it has, by number in the tables above."""
    return [_shapes(), _shapes((1, 7, 4), (1, 7, 3)), _shapes((1, 7, 7)), _shapes((1, 13, 6)), _shapes((1, 12, 6)),
            _shapes((1, 8, 4), (1, 8), (1, 8), (1,))]  # fmt: skip


def _shapes(*shapes: tuple[int, ...]) -> bytes:
    made = bytes([len(shapes)])
    for shape in shapes:
        made += bytes([len(shape), *shape, 0, 5, 0])
    return made + bytes(64)
