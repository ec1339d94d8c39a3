"""Runs the scripts of ``deploy/supply``, and reads what they make."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from tests.places import ROOT

SUPPLY = ROOT / "deploy/supply"
LOCKS = ROOT / "deploy/locks"
EXTRAS = ("web", "mqtt", "notify", "metrics", "archive", "display", "gpio")


def script(name: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    """A script, to its end; what is made of Python with this Python."""
    program = "bash" if name.endswith(".sh") else sys.executable
    environ = {**os.environ, "PYTHON": sys.executable}
    command = [program, SUPPLY / name, *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environ)


def load(name: str) -> ModuleType:
    """A module that lies beside the scripts, which import each other from there."""
    if str(SUPPLY) not in sys.path:
        sys.path.insert(0, str(SUPPLY))
    spec = importlib.util.spec_from_file_location(name, SUPPLY / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    if name not in sys.modules:
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
