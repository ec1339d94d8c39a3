"""A model's metadata: a FlatBuffers table of its own, and the zip archive behind the model."""

from __future__ import annotations

from edgedet.inference.flatbuffer import Damaged
from edgedet.inference.metadata import read_metadata
from tests.fuzz.builders.tables import archive, metadata
from tests.fuzz.supply import Supply

ALLOWED = (Damaged,)
LONGEST = 4096
WORDS = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"labels.txt", b"M001", b"\xff\xff\xff\xff")


def case(data: bytes) -> None:
    supply = Supply(data)
    table = supply.bytes(supply.integer(1023))
    try:
        found = read_metadata(table, supply.rest(), "model.tflite")
    except Damaged:
        return  # the caller says which file
    _ = found.labels, found.mean, found.std


def seeds() -> list[bytes]:
    table = metadata()
    head = len(table).to_bytes(2, "little")
    return [head + table + archive(text) for text in ("person\ncat\n", "0 person\n2 cat\n", "\0", "")]
