"""Reads FlatBuffers tables, checking every offset: a damaged file raises :class:`Damaged`, nothing worse.

The format: https://flatbuffers.dev/internals. A table starts with the distance back to its vtable; the vtable
holds, for each field, where in the table it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MOST = 200_000
"""No vector of tables in a sane model is longer; a damaged one may claim to be."""


class Damaged(Exception):
    """An offset or a length leads out of the file."""


class Table:
    """A table in a buffer; fields go by their number in the schema, and an absent one reads as its default."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at
        self._vtable = at - self._number("<i", at)
        self._vtable_size = self._number("<H", self._vtable)

    @classmethod
    def root(cls, data: bytes) -> Table:
        """The table a file begins with."""
        return cls(data, _number(data, "<I", 0))

    def _number(self, form: str, at: int) -> int:
        return _number(self._data, form, at)

    def _field(self, field: int) -> int | None:
        slot = 4 + 2 * field
        if slot + 2 > self._vtable_size:
            return None
        offset = self._number("<H", self._vtable + slot)
        return self._at + offset if offset else None

    def integer(self, field: int, form: str = "<i", default: int = 0) -> int:
        """A scalar; ``form`` is as of the struct module."""
        at = self._field(field)
        return default if at is None else self._number(form, at)

    def table(self, field: int) -> Table | None:
        """A table inside."""
        at = self._field(field)
        return None if at is None else Table(self._data, at + self._number("<I", at))

    def _vector(self, field: int, size: int) -> tuple[int, int]:
        """Where a vector's elements of so many bytes begin, and how many there are."""
        at = self._field(field)
        if at is None:
            return 0, 0
        start = at + self._number("<I", at)
        count = self._number("<I", start)
        if start + 4 + count * size > len(self._data):
            raise Damaged
        return start + 4, count

    def bytes(self, field: int) -> bytes:
        """A vector of bytes."""
        start, count = self._vector(field, 1)
        return self._data[start : start + count]

    def text(self, field: int) -> str:
        """A string."""
        return self.bytes(field).decode("utf-8", "replace")

    def numbers(self, field: int, form: str = "i") -> tuple[float, ...]:
        """A vector of 32-bit integers (``i``) or floats (``f``)."""
        start, count = self._vector(field, 4)
        if count > MOST:
            raise Damaged
        return struct.unpack_from(f"<{count}{form}", self._data, start)

    def tables(self, field: int) -> Iterator[Table]:
        """A vector of tables, one by one."""
        start, count = self._vector(field, 4)
        if count > MOST:
            raise Damaged
        for at in range(start, start + 4 * count, 4):
            yield Table(self._data, at + self._number("<I", at))


def _number(data: bytes, form: str, at: int) -> int:
    if not 0 <= at <= len(data) - struct.calcsize(form):
        raise Damaged
    value: int = struct.unpack_from(form, data, at)[0]
    return value
