"""Keys and signatures as minisign makes them: whatever is changed in one, it doesn't fit any more."""

from __future__ import annotations

import base64
import functools
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edgedet.minisign import BadSignature, PublicKey, Signature
from tests.fuzz.judge import Wrong

ALLOWED = (BadSignature, ValueError)  # the settings, and edgedet/zoo/own.py, make a line of it
LONGEST = 1024
WORDS = (b"untrusted comment: ", b"trusted comment: ", b"RUQ", b"RWQ", b"RUR", b"\n", b"\r\n", b"=", b"==", b"\xff")
_CONTENT, _ID, _COMMENT = b"serial = 1\n", bytes(range(8)), "timestamp:1"


@functools.cache
def _made() -> tuple[PublicKey, str, Signature]:
    """A key, and a signature of the content by it, as text and as it is read."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    raw = private.sign(hashlib.blake2b(_CONTENT).digest())
    seal = private.sign(raw + _COMMENT.encode())
    head, tail = (base64.b64encode(each).decode() for each in (b"ED" + _ID + raw, seal))
    text = f"untrusted comment: x\n{head}\ntrusted comment: {_COMMENT}\n{tail}\n"
    public = base64.b64encode(b"Ed" + _ID + private.public_key().public_bytes_raw()).decode()
    return PublicKey.parse(public), text, Signature.parse(text.encode())


def case(data: bytes) -> None:
    """A first byte ``k``: a key, else a signature."""
    key, _, whole = _made()
    if data[:1] == b"k":
        read = PublicKey.parse(data[1:].decode("utf-8", "replace"))
        if len(read.raw) != 32 or len(read.id) != 16:
            raise Wrong(f"{read} is no key")
        return
    signature = Signature.parse(data[1:])
    signature.check(_CONTENT, key)
    if (signature.raw, signature.comment, signature.seal) != (whole.raw, whole.comment, whole.seal):
        raise Wrong(f"another signature fits: {signature}")


def seeds() -> list[bytes]:
    _, text, _ = _made()
    old = base64.b64encode(b"Ed" + bytes(72)).decode()
    return [
        b"s" + text.encode(),
        b"s" + text.replace("\n", "\r\n").encode(),
        f"suntrusted comment: x\n{old}\ntrusted comment: y\n{base64.b64encode(bytes(64)).decode()}\n".encode(),
        b"kRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
        b"kuntrusted comment: minisign public key\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n",
        b"kx",
    ]
