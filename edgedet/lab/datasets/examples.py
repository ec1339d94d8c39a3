"""TensorFlow's ``tf.train.Example`` and the Object Detection API's label map, without TensorFlow.

Their definitions are a dozen fields (tensorflow/core/example/example.proto and feature.proto,
object_detection/protos/string_int_label_map.proto); they live in a descriptor pool of their own, so that an installed
TensorFlow isn't in the way.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edgedet.errors import DataError
from edgedet.lab import require

# message: field, number, type ("[]" after it: repeated; in capitals: a message)
_MESSAGES = {
    "BytesList": (("value", 1, "bytes[]"),),
    "FloatList": (("value", 1, "float[]"),),
    "Int64List": (("value", 1, "int64[]"),),
    "Feature": (("bytes_list", 1, "BytesList"), ("float_list", 2, "FloatList"), ("int64_list", 3, "Int64List")),
    "Entry": (("key", 1, "string"), ("value", 2, "Feature")),  # a map<string, Feature> is a list of these
    "Features": (("feature", 1, "Entry[]"),),
    "Example": (("features", 1, "Features"),),
    "Item": (("name", 1, "string"), ("id", 2, "int32"), ("display_name", 3, "string")),
    "LabelMap": (("item", 1, "Item[]"),),
}

Value = Sequence[bytes] | Sequence[float] | Sequence[int]


@functools.cache
def _classes() -> dict[str, Any]:
    pb2: Any = require("google.protobuf.descriptor_pb2")
    pools: Any = require("google.protobuf.descriptor_pool")
    factory: Any = require("google.protobuf.message_factory")
    file = pb2.FileDescriptorProto(name="edgedet/example.proto", package="edgedet", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            base, repeated = kind.removesuffix("[]"), kind.endswith("[]")
            label = pb2.FieldDescriptorProto.LABEL_REPEATED if repeated else pb2.FieldDescriptorProto.LABEL_OPTIONAL
            added = message.field.add(name=field, number=number, label=label)
            if base in _MESSAGES:
                added.type, added.type_name = pb2.FieldDescriptorProto.TYPE_MESSAGE, f".edgedet.{base}"
            else:
                added.type = getattr(pb2.FieldDescriptorProto, f"TYPE_{base.upper()}")
    pool = pools.DescriptorPool()
    pool.Add(file)
    return {name: factory.GetMessageClass(pool.FindMessageTypeByName(f"edgedet.{name}")) for name in _MESSAGES}


def parse_example(data: bytes) -> dict[str, list[Any]]:
    """The features of an Example: lists of bytes, floats or integers by name.

    Raises:
        ValueError: the bytes are no Example.
    """
    errors: Any = require("google.protobuf.message")
    try:
        example = _classes()["Example"].FromString(data)
    except (errors.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    features = {}
    for entry in example.features.feature:
        feature = entry.value
        features[entry.key] = [*feature.bytes_list.value, *feature.float_list.value, *feature.int64_list.value]
    return features


def make_example(features: Mapping[str, Value]) -> bytes:
    """A serialized Example; the type of a list's first element is the feature's, an empty list is left out."""
    example = _classes()["Example"]()
    for name, values in features.items():
        if values:
            kind = {bytes: "bytes_list", float: "float_list", int: "int64_list"}[type(values[0])]
            entry = example.features.feature.add(key=name)
            getattr(entry.value, kind).value.extend(values)
    return bytes(example.SerializeToString(deterministic=True))


def read_label_map(path: Path) -> dict[int, str]:
    """Class names by id from a ``label_map.pbtxt``.

    Raises:
        DataError: it can't be read, is empty, or has an id or a name twice.
    """
    text_format: Any = require("google.protobuf.text_format")
    try:
        label_map = _classes()["LabelMap"]()
        text_format.Parse(path.read_text(encoding="utf-8-sig"), label_map, allow_unknown_field=True)
    except (OSError, UnicodeDecodeError, text_format.ParseError, RecursionError) as error:
        why = getattr(error, "strerror", None) or " ".join(str(error).split())[:120]
        raise DataError(f"{path}: can't be read as a label map ({why}); write: item {{ id: 1 name: 'cat' }}") from None
    names = {item.id: item.name or item.display_name for item in label_map.item}
    if not names or not all(names.values()) or len(set(names.values())) < len(label_map.item):
        raise DataError(f"{path}: an id or a name is missing or there twice; write: item {{ id: 1 name: 'cat' }}")
    return names


def write_label_map(labels: Sequence[str], path: Path) -> None:
    """Write a label map with ids from 1; 0 is the background."""
    text_format: Any = require("google.protobuf.text_format")
    label_map = _classes()["LabelMap"]()
    for number, name in enumerate(labels, 1):
        label_map.item.add(id=number, name=name)
    path.write_text(text_format.MessageToString(label_map, as_utf8=True), encoding="utf-8")
