"""Fresh Debians to try things in, for tests that run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.places import ROOT

BED = ROOT / "deploy" / "testbed"


def need(*programs: str) -> None:
    """Skip the test unless it runs as root and these programs are here."""
    if os.geteuid() != 0:
        pytest.skip("making a Debian root needs root")
    missing = [p for p in ("debootstrap", "update-binfmts", "unshare", *programs) if shutil.which(p) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


class Root:
    """A fresh Debian in a folder that the test throws away."""

    def __init__(self, folder: Path, suite: str, arch: str) -> None:
        need()
        self.folder = folder
        subprocess.run([BED / "root.sh", suite, arch, folder], check=True)

    def run(self, *command: str, offline: bool = False, code: int | None = 0) -> str:
        """A command inside: its output and errors. ``offline``: without a network. ``code``: the exit code it must
        have; None: any."""
        options = ["--offline"] if offline else []
        done = subprocess.run(
            [BED / "inside.sh", *options, self.folder, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said = done.stdout.decode(errors="replace")
        assert code is None or done.returncode == code, f"{command} ended with {done.returncode}:\n{said[-3000:]}"
        return said

    def put(self, source: Path, place: str) -> str:
        """Copy a file in; says where it is, seen from inside."""
        target = self.folder / place.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        return place

    def files(self) -> set[str]:
        """Every path, but for what the package manager keeps for itself, and logs and caches."""
        theirs = ("proc", "sys", "dev", "run", "tmp", "var/lib/dpkg", "var/lib/apt", "var/cache", "var/log")
        found = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*")}
        return {path for path in found if not any(path == t or path.startswith(f"{t}/") for t in theirs)}

    def remove(self) -> None:
        """Throw it away: nothing is mounted in it, or this stops before what is."""
        subprocess.run(["rm", "-rf", "--one-file-system", self.folder], check=True)
