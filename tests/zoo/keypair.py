"""Keys for tests, as minisign writes them, without a password; made anew each time."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.places import ROOT
from tests.supply.scripts import load


class KeyPair:
    """A new key in a folder of its own.

    Args:
        folder: where ``zoo.key`` and ``zoo.pub`` are put.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.secret, self.public_file = folder / "zoo.key", folder / "zoo.pub"
        private, number = Ed25519PrivateKey.generate(), os.urandom(8)
        raw = private.public_key().public_bytes_raw()
        pair = number + private.private_bytes_raw() + raw
        sealed = b"Ed\0\0B2" + bytes(48) + pair + bytes(32)
        self.id = number[::-1].hex().upper()
        self.public = base64.b64encode(b"Ed" + number + raw).decode()
        self.secret.write_text(f"untrusted comment: for tests\n{base64.b64encode(sealed).decode()}\n")
        self.public_file.write_text(f"untrusted comment: for tests\n{self.public}\n")

    def sign(self, registry: Path) -> subprocess.CompletedProcess[str]:
        """``deploy/supply/sign.py`` on a registry."""
        command = [sys.executable, ROOT / "deploy/supply/sign.py", registry, self.secret]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def signed(self, registry: Path) -> None:
        """The same in this process, where it must end well."""
        load("sign").main(registry, self.secret)
