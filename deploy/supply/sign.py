#!/usr/bin/env python3
"""Signs a registry of models, as `minisign -S` would, after a look at what is signed. Usage: sign.py REGISTRY KEY

KEY is a minisign secret key without a password (`minisign -G -W -p zoo.pub -s zoo.key`); one with a password signs
with `minisign -S -s KEY -m REGISTRY` instead, which asks for it. It stays outside the checkout: who has it can give
every camera that trusts it another model. The signature goes to REGISTRY.minisig.

Refused are a registry with a mistake, without a serial or a model's sha256, and one whose serial isn't higher than
that of the registry it replaces, which the last signature's trusted comment tells.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edgedet.errors import EdgedetError
from edgedet.toml import to_text
from edgedet.zoo.registry import parse_registry

_SERIAL = re.compile(r"^trusted comment: .*\bserial:(\d+)", re.M)


def read_key(path: Path) -> tuple[bytes, Ed25519PrivateKey]:
    """A minisign secret key: its id, 8 bytes, and what signs.

    The file's second line, in base64: ``Ed``, the key derivation (two zero bytes: no password), ``B2``, 48 bytes for
    that derivation, then id, seed, public key, and a checksum, which is zero without a password.

    Raises:
        ValueError: it is none, has a password, or is damaged.
    """
    try:
        content = base64.b64decode(path.read_text(encoding="ascii").splitlines()[1], validate=True)
    except (IndexError, ValueError):
        content = b""
    if len(content) != 158 or content[:2] != b"Ed" or content[4:6] != b"B2":
        raise ValueError(f"{path}: no minisign secret key; make one with: minisign -G -W -p zoo.pub -s {path}")
    if content[2:4] != b"\0\0":
        raise ValueError(f"{path}: has a password; sign with: minisign -S -s {path} -m REGISTRY")
    private = Ed25519PrivateKey.from_private_bytes(content[62:94])
    if private.public_key().public_bytes_raw() != content[94:126]:
        raise ValueError(f"{path}: damaged; take its copy")
    return content[54:62], private


def check(registry: Path, content: bytes) -> int:
    """The serial number of a registry that may be signed.

    Raises:
        ValueError: it may not.
        EdgedetError: it has a mistake.
    """
    found = parse_registry(to_text(content, registry), registry)
    if found.serial is None:
        raise ValueError(f"{registry}: has no serial; write serial = 1 at its top")
    for entry in found.models.values():
        if entry.sha256 is None:
            raise ValueError(f"{registry}: models.{entry.name}: has no sha256; add it")
    before = registry.with_name(f"{registry.name}.minisig")
    last = _SERIAL.search(before.read_text(encoding="utf-8", errors="replace")) if before.exists() else None
    if last is not None and int(last[1]) >= found.serial:
        raise ValueError(f"{registry}: serial {found.serial}, and {last[1]} was signed before; give it a higher one")
    return found.serial


def sign(content: bytes, key_id: bytes, private: Ed25519PrivateKey, comment: str) -> str:
    """The text of a ``.minisig`` file: over the content's BLAKE2b-512, and over that signature and the comment."""
    raw = private.sign(hashlib.blake2b(content).digest())
    seal = private.sign(raw + comment.encode())
    head, tail = (base64.b64encode(each).decode() for each in (b"ED" + key_id + raw, seal))
    return f"untrusted comment: signature of a registry of models\n{head}\ntrusted comment: {comment}\n{tail}\n"


def main(registry: Path, key: Path) -> None:
    """Check, sign, and give the signature its name when it is whole."""
    content = registry.read_bytes()
    comment = f"file:{registry.name}\tserial:{check(registry, content)}"
    target = registry.with_name(f"{registry.name}.minisig")
    temporary = target.with_name(f"{target.name}.part")
    temporary.write_text(sign(content, *read_key(key), comment), encoding="utf-8")
    temporary.replace(target)
    print(f"{target}: signed, {comment.replace(chr(9), ', ')}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: sign.py REGISTRY KEY")
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except (EdgedetError, ValueError, OSError) as error:
        print(f"sign.py: {error}", file=sys.stderr)
        sys.exit(2)
