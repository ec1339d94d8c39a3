"""A Debian root that ``deploy/install.sh`` is run in, and wheels for it. Needs root and debootstrap."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.places import ROOT

SOURCES = ("edgedet", "models", "systemd", "deploy", "pyproject.toml", "README.md", "LICENSE")
LOOKED_AT = ("etc", "opt", "usr", "var")
KILLER = """#!/bin/sh
# In the place of a program that changes something: the run dies, with all it started, instead of the AT-th such call.
count=$(cat /kill/count)
echo $((count + 1)) >/kill/count
[ "$count" -ne "$(cat /kill/at)" ] || kill -KILL 0
PATH=${PATH#/kill:} exec "${0##*/}" "$@"
"""
CHANGERS = ("mv", "ln", "rm", "install", "chown", "chmod", "useradd", "usermod", "systemd-sysusers", "systemctl")


class Board:
    """A root with a copy of this checkout in ``/src``.

    Args:
        folder: where it is made; it must not be there yet.
        suite: bookworm or trixie.
    """

    def __init__(self, folder: Path, suite: str = "bookworm") -> None:
        if os.geteuid() != 0 or shutil.which("debootstrap") is None:
            pytest.skip("needs root and debootstrap, to make a Debian to install in")
        self.folder = folder
        made = [ROOT / "deploy/testbed/root.sh", suite, "amd64", folder]
        subprocess.run(["bash", *map(str, made)], check=True, timeout=900)
        copy_checkout(folder / "src")

    def remove(self) -> None:
        """Nothing is mounted in it once its commands have ended."""
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.folder)], check=True)

    def command(self, *words: str) -> list[str]:
        """What runs a command inside."""
        return ["nice", "bash", str(ROOT / "deploy/testbed/inside.sh"), str(self.folder), *words]

    def run(self, *words: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """A command inside, to its end, in a session of its own."""
        command = self.command(*words)
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, start_new_session=True)

    def install(self, *options: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """``install.sh`` with options; ``before`` it: ``env NAME=value``."""
        return self.run(*before, "bash", "/src/deploy/install.sh", *options)

    def installed(self, *options: str) -> str:
        """The same, where it must end well; what it said."""
        done = self.install(*options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tree(self, times: bool = True) -> dict[str, tuple[object, ...]]:
        """Every file of the system but logs: mode, owner, size or target, and when it was changed."""
        found: dict[str, tuple[object, ...]] = {}
        for top in LOOKED_AT:
            for path in (self.folder / top).rglob("*"):
                name, at = str(path.relative_to(self.folder)), path.lstat()
                if not re.search(r"/log/|/cache/|__pycache__|^etc/\w+-$", name):  # etc/group- is that of before
                    what = path.readlink() if path.is_symlink() else at.st_size if path.is_file() else ""
                    found[name] = (oct(at.st_mode), at.st_uid, what, *([at.st_mtime_ns] if times else []))
        return found

    def link(self, name: str) -> str:
        """The version that a link of /opt/edgedet means; empty if there is none."""
        path = self.folder / "opt/edgedet" / name
        return path.readlink().name if path.is_symlink() else ""

    def versions(self) -> list[str]:
        """The versions that are there."""
        return sorted(path.name for path in (self.folder / "opt/edgedet/versions").glob("*"))

    def install_killed(self, at: int, *options: str) -> subprocess.CompletedProcess[str]:
        """An installation killed instead of its ``at``-th change; one that makes fewer ends as it does."""
        kill = self.folder / "kill"
        if not kill.exists():
            kill.mkdir()
            for name in CHANGERS:
                (kill / name).write_text(KILLER)
                (kill / name).chmod(0o755)
        (kill / "count").write_text("0")
        (kill / "at").write_text(str(at))
        script = 'PATH=/kill:$PATH exec bash /src/deploy/install.sh "$@"'
        return self.run("bash", "-c", script, "install.sh", *options)


def copy_checkout(target: Path) -> None:
    """What an installation is made of."""
    for name in SOURCES:
        ignore = shutil.ignore_patterns("__pycache__")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, target / name)


def make_wheel(work: Path, into: Path, version: str, spoil: tuple[str, str, str] | None = None) -> Path:
    """A wheel of this checkout under another version.

    Args:
        work: a folder of its own.
        into: where the wheel is put.
        version: what it calls itself.
        spoil: a file, and what in it is replaced by what.
    """
    copy_checkout(work)
    project = work / "pyproject.toml"
    project.write_text(project.read_text().replace('\nversion = "', f'\nversion = "{version}"\n# "', 1))
    if spoil:
        file, old, new = work / spoil[0], spoil[1], spoil[2]
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(into), str(work)]
    subprocess.run(command, check=True, timeout=300)
    return into / f"edgedet-{version}-py3-none-any.whl"


class Booted:
    """A board with systemd running in it, and no network.

    Args:
        board: what is booted.
    """

    def __init__(self, board: Board) -> None:
        if shutil.which("systemd-nspawn") is None:
            pytest.skip("needs systemd-nspawn: apt install systemd-container")
        name = f"edgedet-{os.getpid()}"
        command = ["systemd-nspawn", "--boot", "--directory", str(board.folder), "--machine", name, "--register=no"]
        env = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}  # trixie's systemd wants it
        command += ["--keep-unit", "--private-network", "--console=read-only"]
        void = subprocess.DEVNULL
        self._nspawn = subprocess.Popen(command, env=env, stdin=void, stdout=void, stderr=void)
        self._init = self._wait(["pgrep", "-P", str(self._nspawn.pid)])
        self._wait([*self._within(), "systemctl", "is-system-running", "--wait"])

    def run(self, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """A command inside, to its end."""
        return subprocess.run([*self._within(), *words], capture_output=True, text=True, timeout=timeout)

    def install(self, *options: str) -> subprocess.CompletedProcess[str]:
        """``install.sh`` with options."""
        return self.run("bash", "/src/deploy/install.sh", *options)

    def show(self, what: str) -> str:
        """A property of the unit, such as ActiveState."""
        return self.run("systemctl", "show", "--property", what, "--value", "edgedet.service").stdout.strip()

    def close(self) -> None:
        """Shut down."""
        self.run("systemctl", "poweroff")
        self._nspawn.wait(60)

    def _within(self) -> list[str]:
        return ["nsenter", "-t", self._init, *["-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w"]]

    def _wait(self, command: list[str], seconds: float = 60) -> str:
        """What it prints, as soon as it prints something; degraded is enough."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            said = subprocess.run(command, capture_output=True, text=True).stdout.split()
            if said and said[0] not in ("offline", "starting", "initializing"):
                return said[0]
            time.sleep(0.2)
        raise AssertionError(f"{command}: nothing in {seconds} s")
