"""A Debian to try a recipe in."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT

TESTBED = ROOT / "deploy/testbed"


@contextlib.contextmanager
def root(suite: str) -> Iterator[Path]:
    """A fresh one for this machine's processor, removed at the end."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("needs root, and debootstrap, qemu-user-static, binfmt-support")
    with tempfile.TemporaryDirectory(prefix="edgedet-recipe-") as above:
        folder = Path(above) / "root"
        subprocess.run(["bash", TESTBED / "root.sh", suite, "amd64", folder], check=True)
        yield folder


def inside(folder: Path, *command: str, offline: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command in it; nothing of it is left afterwards but its files."""
    options = ["--offline"] if offline else []
    return subprocess.run(
        ["bash", str(TESTBED / "inside.sh"), *options, str(folder), *command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
