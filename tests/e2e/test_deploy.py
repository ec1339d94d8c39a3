"""What the set-up scripts say where they can't go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.places import ROOT


def set_up(folder: Path, python: Path) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(ROOT / "deploy/venv.sh"), "", str(folder / "venv")]
    environment = {"PATH": "/usr/bin:/bin", "PYTHON": str(python), "HOME": str(folder)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_an_old_python_is_named(tmp_path: Path) -> None:
    old = script(tmp_path / "python3", '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    result = set_up(tmp_path, old)
    assert result.returncode == 2
    assert "needs Python 3.11 or newer, found Python 3.9.2" in result.stderr
    assert "apt install" in result.stderr


def test_a_missing_venv_module_names_its_package(tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ModuleNotFoundError('No module named ensurepip')\n")
    bare = script(tmp_path / "python3", f'PYTHONPATH={tmp_path} exec {sys.executable} "$@"')
    result = set_up(tmp_path, bare)
    version = "{}.{}".format(*sys.version_info[:2])
    assert result.returncode == 2
    assert f"sudo apt install python{version}-venv" in result.stderr
    assert not (tmp_path / "venv").exists()


def test_scripts_are_sound() -> None:
    for name in ("deploy/try.sh", "deploy/test.sh", "deploy/test-slow.sh", "deploy/venv.sh", ".ci/run"):
        subprocess.run(["bash", "-n", str(ROOT / name)], check=True)
        assert os.access(ROOT / name, os.X_OK), name
