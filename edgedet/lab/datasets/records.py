"""TFRecord files: records of bytes, each with a checksum of its length and one of its data.

The format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from edgedet.errors import DataError
from edgedet.lab import require

_SHARD = re.compile(r"(.+)-(\d{5})-of-(\d{5})")
_ENDINGS = (".tfrecord", ".tfrecords", ".record", ".records")


def is_record_file(path: Path) -> bool:
    """Whether a name is a TFRecord file's: ``train.record``, ``val.tfrecord-00000-of-00010``, ``coco_val-0...``."""
    return path.suffix.lower() in _ENDINGS or _SHARD.fullmatch(path.name) is not None


def shards_of(path: Path) -> list[Path]:
    """All the files of the set that one shard belongs to; a file that is no shard is its own set.

    Raises:
        DataError: one of them is missing.
    """
    match = _SHARD.fullmatch(path.name)
    if match is None:
        return [path]
    shards = [path.with_name(f"{match[1]}-{i:05}-of-{match[3]}") for i in range(int(match[3]))]
    missing = [shard.name for shard in shards if not shard.is_file()]
    if missing:
        raise DataError(f"{path.parent / missing[0]}: {len(missing)} of {len(shards)} shards missing; copy them all")
    return shards


def masked_crc(data: bytes) -> int:
    """CRC-32C (RFC 3720, B.4), turned and moved as TensorFlow stores it."""
    library: Any = require("google_crc32c")
    crc = library.value(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def read_records(path: Path) -> Iterator[bytes]:
    """Each record's bytes, checked.

    Raises:
        DataError: the file can't be read, is truncated, or a checksum doesn't fit.
    """
    try:
        left = path.stat().st_size
        with path.open("rb") as file:
            number = 0
            while left:
                number += 1
                where = f"{path}: record {number}"
                head = file.read(12)
                if len(head) < 12:
                    raise DataError(f"{where} is truncated; copy the file again")
                length, crc = struct.unpack("<QI", head)
                if masked_crc(head[:8]) != crc:
                    raise DataError(f"{where}: the checksum of its length is wrong; is it a TFRecord file, not packed?")
                left -= length + 16
                if left < 0:
                    raise DataError(f"{where} is truncated; copy the file again")
                data = file.read(length)
                if masked_crc(data) != struct.unpack("<I", file.read(4))[0]:
                    raise DataError(f"{where}: the checksum of its data is wrong; copy the file again")
                yield data
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror}); check the name and who may read it") from None


def write_records(path: Path, records: Iterable[bytes]) -> None:
    """Write a TFRecord file."""
    with path.open("wb") as file:
        for data in records:
            length = struct.pack("<Q", len(data))
            file.write(length + struct.pack("<I", masked_crc(length)))
            file.write(data + struct.pack("<I", masked_crc(data)))
