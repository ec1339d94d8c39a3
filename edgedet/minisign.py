"""Signatures as the program ``minisign`` makes them (Ed25519), verified without it and without a network.

The format: https://jedisct1.github.io/minisign/ . Only prehashed signatures (``ED``: over the file's BLAKE2b-512) are
taken, as minisign makes them since 0.10; the older kind (``Ed``) is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from edgedet.errors import ExtraMissing

_COMMENT, _TRUSTED = "untrusted comment: ", "trusted comment: "


class BadSignature(Exception):
    """The signature isn't what it should be; the text says how, and fits behind ``FILE: ``."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who may sign.

    >>> key = PublicKey.parse("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3")
    >>> key.id
    'E7620F1842B4E81F'

    Attributes:
        id: 16 hexadecimal digits, as minisign prints it.
        raw: the Ed25519 public key, 32 bytes.
    """

    id: str
    raw: bytes

    @classmethod
    def parse(cls, text: str) -> PublicKey:
        """A key as in ``minisign.pub``: its second line, or the whole of it.

        Raises:
            ValueError: it is none; the message says what is wanted.
        """
        lines = [line for line in text.split("\n") if line.strip() and not line.startswith(_COMMENT)]
        content = _decode(lines[0], 42) if len(lines) == 1 else None
        if content is None or content[:2] != b"Ed":
            raise ValueError(f"{text[:60]!r} is no minisign public key; give the last line of minisign.pub: RW...")
        return cls(_key_id(content[2:10]), content[10:])


@dataclass(frozen=True, slots=True)
class Signature:
    """What a ``.minisig`` file says.

    Attributes:
        key_id: of the key that signed, as :attr:`PublicKey.id`.
        raw: the signature of the file's BLAKE2b-512, 64 bytes.
        comment: the trusted comment, signed too.
        seal: the signature of ``raw`` and ``comment``, 64 bytes.
    """

    key_id: str
    raw: bytes
    comment: str
    seal: bytes

    @classmethod
    def parse(cls, content: bytes) -> Signature:
        """The content of a ``.minisig`` file.

        Raises:
            BadSignature: it is none, or of the older kind.
        """
        lines = content.decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n").split("\n")
        if len(lines) == 4 and lines[0].startswith(_COMMENT) and lines[2].startswith(_TRUSTED):
            head, seal = _decode(lines[1], 74), _decode(lines[3], 64)
            if head is not None and seal is not None and head[:2] == b"ED":
                return cls(_key_id(head[2:10]), head[10:], lines[2].removeprefix(_TRUSTED), seal)
            if head is not None and head[:2] == b"Ed":
                raise BadSignature(
                    "its signature is of the older kind, not prehashed; sign it with minisign 0.10 or newer"
                )
        raise BadSignature("its signature isn't one of minisign's; sign it again, or get the .minisig again")

    def check(self, content: bytes, key: PublicKey) -> None:
        """Verify a file's content and the trusted comment.

        Args:
            content: all of the file.
            key: of the one who should have signed it; its id is this signature's.

        Raises:
            BadSignature: another content or comment was signed, or another key signed it.
            ExtraMissing: the package that computes it isn't installed.
        """
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            raise ExtraMissing("zoo.key: cryptography isn't installed; install it, or edgedet[web]") from None
        public = Ed25519PublicKey.from_public_bytes(key.raw)
        try:
            public.verify(self.raw, hashlib.blake2b(content).digest())
            public.verify(self.seal, self.raw + self.comment.encode())
        except InvalidSignature:
            raise BadSignature("its signature doesn't fit; it was changed, or signed by somebody else") from None


def _key_id(raw: bytes) -> str:
    return raw[::-1].hex().upper()


def _decode(text: str, length: int) -> bytes | None:
    try:
        content = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if len(content) == length else None
