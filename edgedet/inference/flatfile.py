"""What a ``.tflite`` file says of itself, read without an interpreter (schema.fbs, version 3)."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from edgedet.errors import ModelError
from edgedet.inference.flatbuffer import Damaged, Table
from edgedet.inference.metadata import Metadata, read_labels_inside, read_metadata

POSTPROCESS = "TFLite_Detection_PostProcess"
OPERATORS = tuple(Path(__file__).with_name("operators.txt").read_text().split())
"""The builtin operators' names, by their number in the schema."""
_CUSTOM = 32
_MOST_BYTES = 2 << 30

_LOOKS_LIKE = (
    (b"version https://git-lfs", "a Git LFS pointer: fetch the real file with `git lfs pull`"),
    (b"<", "a web page: the download went wrong"),
    (b"PK\x03\x04", "a zip archive: unpack it, or export the model to TFLite"),
    (b"\x89HDF", "a Keras HDF5 file: convert it to TFLite"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"\x1f\x8b", "a gzip archive: unpack it"),
    (b"\x08", "an ONNX or TensorFlow file: convert it to TFLite"),
)


@dataclass(frozen=True, slots=True)
class PostProcess:
    """The detection operator a model ends in.

    Attributes:
        outputs: its output tensors, in its own fixed order: boxes, classes, scores, count.
        num_anchors: how many anchors it decodes.
        num_classes: how many classes it tells apart, without background.
    """

    outputs: tuple[int, int, int, int]
    num_anchors: int | None
    num_classes: int | None


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What a model's file says.

    Attributes:
        path, size_bytes, sha256: the file.
        operators: how often each operator is used, by name; custom ones by their code.
        signature_outputs: tensor index of each output, by its name in the signature; empty without one.
        postprocess: the detection operator, if the model ends in one.
        metadata: labels and normalisation from the TFLite metadata.
    """

    path: Path
    size_bytes: int
    sha256: str
    operators: dict[str, int]
    signature_outputs: dict[str, int]
    postprocess: PostProcess | None
    metadata: Metadata


def read_model(path: Path) -> ModelFile:
    """Read a model's file.

    Raises:
        ModelError: it is missing, empty, damaged or no TFLite model.
    """
    data = _content(path)
    try:
        root = Table.root(data)
        codes = [_operator_name(code) for code in root.tables(1)]
        operators: Counter[str] = Counter()
        postprocess = None
        for number, subgraph in enumerate(root.tables(2)):
            for operator in subgraph.tables(3):
                name = codes[operator.integer(0, "<I")]
                operators[name] += 1
                if name == POSTPROCESS and number == 0 and postprocess is None:
                    postprocess = _postprocess(operator, subgraph)
        signature: dict[str, int] = {}
        for definition in list(root.tables(7))[:1]:
            signature = {item.text(0): item.integer(1, "<I") for item in definition.tables(1)}
        for buffer in root.tables(4):  # weights, inside the flatbuffer or behind it, that were cut off
            buffer.length(0)
            if buffer.integer(1, "<Q") + buffer.integer(2, "<Q") > len(data):
                raise Damaged
        metadata = _metadata(root, data, str(path))
    except (Damaged, IndexError):
        raise ModelError(f"{path}: the model is damaged or cut short ({len(data):,} bytes); get it again") from None
    digest = hashlib.sha256(data).hexdigest()
    return ModelFile(path, len(data), digest, dict(operators.most_common()), signature, postprocess, metadata)


def _content(path: Path) -> bytes:
    try:
        if not path.exists():
            raise ModelError(f"{path}: no such model file; check the path given with -m")
        if not path.is_file():
            raise ModelError(f"{path}: a folder or device, not a model; give the .tflite file itself")
        if path.stat().st_size > _MOST_BYTES:
            raise ModelError(f"{path}: {path.stat().st_size:,} bytes is more than a TFLite model can have (2 GiB)")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: the model can't be read ({error.strerror}); check its permissions") from None
    if not data:
        raise ModelError(f"{path}: the model is empty (0 bytes); get it again")
    if data[4:8] != b"TFL3":
        start = data[:4096].lstrip()
        known = next((what for begins, what in _LOOKS_LIKE if start.startswith(begins)), None)
        raise ModelError(f"{path}: not a TFLite model" + (f" but {known}" if known else "; give a .tflite file"))
    return data


def _operator_name(code: Table) -> str:
    number = max(code.integer(0, "<b"), code.integer(3, "<i"))  # the first was outgrown at 127
    if number == _CUSTOM:
        return code.text(1) or "CUSTOM"
    return OPERATORS[number] if 0 <= number < len(OPERATORS) else f"operator {number}"


def _postprocess(operator: Table, subgraph: Table) -> PostProcess | None:
    shapes = [tuple(int(n) for n in tensor.numbers(0)) for tensor in subgraph.tables(0)]
    inputs = [int(i) for i in operator.numbers(1)]
    outputs = [int(i) for i in operator.numbers(2)]
    if len(inputs) != 3 or len(outputs) != 4 or min(inputs) < 0:
        return None
    scores, anchors = shapes[inputs[1]], shapes[inputs[2]]
    classes = scores[-1] - 1 if scores and scores[-1] > 1 else None  # the first column is the background
    return PostProcess(
        (outputs[0], outputs[1], outputs[2], outputs[3]), anchors[0] if len(anchors) == 2 else None, classes
    )


def _metadata(root: Table, data: bytes, where: str) -> Metadata:
    for entry in root.tables(6):
        if entry.text(0) == "TFLITE_METADATA":
            buffer = list(root.tables(4))[entry.integer(1, "<I")]
            start, size = buffer.integer(1, "<Q"), buffer.integer(2, "<Q")  # it may be kept outside of the tables
            return read_metadata(data[start : start + size] if size else buffer.bytes(0), data, where)
    return Metadata(read_labels_inside(data, [], where))
