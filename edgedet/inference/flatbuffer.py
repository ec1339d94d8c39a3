"""Reads FlatBuffers tables, checking every offset: a damaged file raises :class:`Damaged`, nothing worse.

The format: https://flatbuffers.dev/internals. A table starts with the distance back to its vtable; the vtable
holds, for each field, where in the table it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from edgedet.errors import printable

MOST = 4_000_000
"""How much of a file is read: bytes and numbers count one each, a table counts for :data:`A_TABLE`.

A sane detector takes a fiftieth of it. In a damaged file many offsets may lead to one long vector, and vectors to
themselves; this is what ends that within a second.
"""
A_TABLE = 20


class Damaged(Exception):
    """An offset or a length leads out of the file, or round in circles."""


class _Buffer:
    """The file's bytes, and how much may still be read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._left = MOST

    def number(self, form: str, at: int) -> int:
        if at < 0:  # would count from the end
            raise Damaged
        try:
            value: int = struct.unpack_from(form, self.data, at)[0]
        except struct.error:
            raise Damaged from None
        return value

    def spend(self, amount: int) -> None:
        self._left -= amount
        if self._left < 0:
            raise Damaged


class Table:
    """A table in a buffer; fields go by their number in the schema, and an absent one reads as its default."""

    def __init__(self, buffer: _Buffer, at: int) -> None:
        buffer.spend(A_TABLE)
        self._buffer, self._at = buffer, at
        self._vtable = at - buffer.number("<i", at)
        self._vtable_size = buffer.number("<H", self._vtable)

    @classmethod
    def root(cls, data: bytes) -> Table:
        """The table a file begins with."""
        buffer = _Buffer(data)
        return cls(buffer, buffer.number("<I", 0))

    def _field(self, field: int) -> int | None:
        slot = 4 + 2 * field
        if slot + 2 > self._vtable_size:
            return None
        offset = self._buffer.number("<H", self._vtable + slot)
        return self._at + offset if offset else None

    def integer(self, field: int, form: str = "<i", default: int = 0) -> int:
        """A scalar; ``form`` is as of the struct module."""
        at = self._field(field)
        return default if at is None else self._buffer.number(form, at)

    def table(self, field: int) -> Table | None:
        """A table inside."""
        at = self._field(field)
        return None if at is None else Table(self._buffer, at + self._buffer.number("<I", at))

    def _vector(self, field: int, size: int) -> tuple[int, int]:
        """Where a vector's elements of so many bytes begin, and how many there are."""
        at = self._field(field)
        if at is None:
            return 0, 0
        start = at + self._buffer.number("<I", at)
        count = self._buffer.number("<I", start)
        if start + 4 + count * size > len(self._buffer.data):
            raise Damaged
        return start + 4, count

    def length(self, field: int) -> int:
        """How many bytes a vector of them holds; all of them lie in the file."""
        return self._vector(field, 1)[1]

    def bytes(self, field: int) -> bytes:
        """A vector of bytes."""
        start, count = self._vector(field, 1)
        self._buffer.spend(count)
        return self._buffer.data[start : start + count]

    def text(self, field: int) -> str:
        """A string; what isn't text in it, or would be obeyed by a terminal, shows as such."""
        return printable(self.bytes(field).decode("utf-8", "replace"))

    def numbers(self, field: int, form: str = "i") -> tuple[float, ...]:
        """A vector of 32-bit integers (``i``) or floats (``f``)."""
        start, count = self._vector(field, 4)
        self._buffer.spend(count)
        return struct.unpack_from(f"<{count}{form}", self._buffer.data, start)

    def tables(self, field: int) -> Iterator[Table]:
        """A vector of tables, one by one."""
        start, count = self._vector(field, 4)
        for at in range(start, start + 4 * count, 4):
            yield Table(self._buffer, at + self._buffer.number("<I", at))
