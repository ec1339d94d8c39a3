"""A network of this process's own, with nothing but itself in it, whose packets can be dropped by the kernel.

A case that enters one takes all it starts with it; it is gone when the last of them is. Needs root.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from tests.chaos.bed import Missing

NEWNS, NEWNET = 0x00020000, 0x40000000
"""Of unshare(2)."""


def enter() -> None:
    """Leave the machine's network for an empty one.

    Raises:
        Missing: that takes root, ip and nft.
    """
    for tool in ("ip", "nft"):
        if shutil.which(tool) is None:
            raise Missing(f"needs {tool}: apt install iproute2 nftables")
    _unshare(NEWNET)
    _run("ip", "link", "set", "lo", "up")
    _run("nft", "add", "table", "inet", "chaos")
    _run("nft", "add", "chain", "inet", "chaos", "out", "{ type filter hook output priority 0 ; }")


def lose(port: int, percent: int, protocol: str = "tcp") -> None:
    """Drop so many of a hundred packets from and to a port; 100: its machine has vanished."""
    chance = [] if percent >= 100 else ["numgen", "random", "mod", "100", "<", str(percent)]
    for side in ("sport", "dport"):
        _run("nft", "add", "rule", "inet", "chaos", "out", protocol, side, str(port), *chance, "drop")


def lose_all(protocol: str, percent: int) -> None:
    """Drop so many of a hundred packets of a protocol."""
    _run(
        "nft", "add", "rule", "inet", "chaos", "out", "meta", "l4proto", protocol,
        "numgen", "random", "mod", "100", "<", str(percent), "drop",
    )  # fmt: skip


def heal() -> None:
    """Drop nothing any more."""
    _run("nft", "flush", "chain", "inet", "chaos", "out")


def own_file(path: Path, text: str, folder: Path) -> Path:
    """A file of the system as this process and what it starts see it from now on, such as ``/etc/hosts``.

    Args:
        path: which.
        text: what is in it.
        folder: where it is really kept.

    Returns:
        Where to write to change it.

    Raises:
        Missing: that takes root.
    """
    _unshare(NEWNS)
    _run("mount", "--make-rprivate", "/")
    kept = folder / path.name
    kept.write_text(text)
    _run("mount", "--bind", str(kept), str(path))
    return kept


def _unshare(what: int) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(what) != 0:
        raise Missing(f"needs root, for a namespace of its own ({os.strerror(ctypes.get_errno())})")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
