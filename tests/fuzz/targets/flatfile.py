"""A ``.tflite`` file as its tables tell of it, read without an interpreter."""

from __future__ import annotations

from edgedet.inference.flatfile import read_model
from edgedet.inference.metadata import Metadata
from tests.fuzz.builders.tables import small_model
from tests.fuzz.scratch import put

LONGEST = 4096
WORDS = (b"TFL3", b"TFLITE_METADATA", b"TFLite_Detection_PostProcess", b"labels.txt", b"PK\x05\x06", b"PK\x01\x02")


def case(data: bytes) -> None:
    """Read it as far as it goes; labels that can't be read are told when they are needed."""
    model = read_model(put("model.tflite", data))
    if isinstance(model.metadata, Metadata) and not isinstance(model.metadata.labels_found, Exception):
        assert model.metadata.labels is None or all(isinstance(name, str) for name in model.metadata.labels)


def seeds() -> list[bytes]:
    return [small_model(), small_model(labels=None), small_model(labels="0 a\n7 b\n"), b"TFL3", b"\x08\0\0\0TFL3"]
