"""Runs the installed console script, as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = Path(sys.executable).parent / "edgedet"


def edgedet(*args: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """``edgedet ARGS`` in an environment without settings, unless ``env`` adds some."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith("EDGEDET_")}
    environ |= options.pop("env", {})
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 60} | options
    return subprocess.run([SCRIPT, *args], env=environ, **options)
