"""What a file is, in one short text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edgedet.errors import ModelError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Digest:
    """A file's hash.

    Attributes:
        kind: ``sha256``, or ``git blob``: SHA-1 of ``blob SIZE\\0`` and the content, as ``git hash-object`` prints it.
        value: lower-case hexadecimal.
    """

    kind: Literal["sha256", "git blob"]
    value: str

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"

    def of(self, path: Path) -> Digest:
        """The same kind of hash of a file.

        Raises:
            ModelError: the file can't be read.
        """
        try:
            with path.open("rb") as file:
                if self.kind == "sha256":
                    return Digest("sha256", hashlib.file_digest(file, "sha256").hexdigest())
                state = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
                while chunk := file.read(_CHUNK):
                    state.update(chunk)
        except OSError as error:
            raise ModelError(f"{path}: can't be read ({error.strerror}); check it and its permissions") from None
        return Digest("git blob", state.hexdigest())


def sha256(path: Path) -> str:
    """A file's SHA-256, lower-case hexadecimal.

    Raises:
        ModelError: the file can't be read.
    """
    return Digest("sha256", "").of(path).value
