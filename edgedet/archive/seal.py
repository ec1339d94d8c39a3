"""Encryption before anything leaves: the age format, to public keys, so that the camera can't read what it has sent.

The format is https://age-encryption.org/v1 (X25519, ChaCha20-Poly1305), by ``pyrage``, which is the Rust
implementation; ``age``, ``rage`` and every other tool of the format decrypt it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pyrage

from edgedet.archive.body import PART
from edgedet.archive.faults import ArchiveError
from edgedet.errors import ConfigError

SUFFIX = ".age"


class Seal:
    """Encrypts to some public keys.

    >>> identity = pyrage.x25519.Identity.generate()
    >>> sealed = Seal([str(identity.to_public())]).sealed(b"who came")
    >>> pyrage.decrypt(sealed, [identity])
    b'who came'

    Args:
        recipients: each as ``age1...``.

    Raises:
        ConfigError: one is no public key.
    """

    def __init__(self, recipients: Sequence[str]) -> None:
        self._recipients = [_recipient(each) for each in recipients]

    def sealed(self, content: bytes) -> bytes:
        """Some bytes, encrypted."""
        return bytes(pyrage.encrypt(content, self._recipients))

    def source(self, path: Path, spool: Path) -> Path | bytes:
        """A file, encrypted: in memory where it is small, else as a file, for parts must be the same when resumed.

        Args:
            path: the file.
            spool: where the encrypted one goes. If it is there it is taken as it is.

        Raises:
            OSError: the one can't be read, or the other not written.
        """
        if path.stat().st_size < PART // 2:
            return self.sealed(path.read_bytes())
        if not spool.exists():
            spool.parent.mkdir(exist_ok=True)
            half = spool.with_name(f".{spool.name}.tmp")
            try:
                with path.open("rb") as plain, half.open("wb") as file:
                    pyrage.encrypt_io(plain, file, self._recipients)
                    file.flush()
                    os.fsync(file.fileno())  # half of it after a power cut would be archived as if it were all
                half.replace(spool)
            finally:
                half.unlink(missing_ok=True)
        return spool


def read_identities(path: Path) -> list[Any]:
    """The private keys in a file, as ``age-keygen`` writes it.

    Raises:
        ConfigError: it can't be read, or there is none in it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it isn't text"
        raise ConfigError(
            f"--identity: {path}: can't be read ({reason}); give the file that age-keygen wrote"
        ) from None
    found = []
    for line in lines:
        with contextlib.suppress(pyrage.IdentityError):
            if line.strip() and not line.startswith("#"):
                found.append(pyrage.x25519.Identity.from_str(line.strip()))
    if not found:
        raise ConfigError(f"--identity: {path}: no AGE-SECRET-KEY-1... in it; give the file that age-keygen wrote")
    return found


def unseal(sealed: BinaryIO, plain: BinaryIO, identities: Sequence[Any], name: str) -> None:
    """Decrypt a stream.

    Args:
        sealed: what was encrypted.
        plain: where it goes.
        identities: the private keys that may fit.
        name: what it is, for errors.

    Raises:
        ArchiveError: no key fits, or it was changed.
    """
    try:
        pyrage.decrypt_io(sealed, plain, list(identities))
    except pyrage.DecryptError as error:
        raise ArchiveError(
            f"{name}: can't be decrypted ({error}); give the --identity of one of its recipients"
        ) from None


def unsealed(content: bytes, identities: Sequence[Any], name: str) -> bytes:
    """Some bytes, decrypted; see :func:`unseal`."""
    plain = BytesIO()
    unseal(BytesIO(content), plain, identities, name)
    return plain.getvalue()


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        hint = (
            "that is the private key, keep it elsewhere" if text.upper().startswith("AGE-SECRET") else "write age1..."
        )
        shown = "a recipient" if text.upper().startswith("AGE-SECRET") else f"{text!r}"
        raise ConfigError(f"archive.recipients: {shown} is no public key of age; {hint}") from None
