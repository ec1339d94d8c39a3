"""The README's way through the lab works as written, from the first command to the last."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

PROGRAM = ".venv-lab/bin/edgedet"
SHELL = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
COMMANDS = [
    line.partition(" #")[0].strip()
    for block in SHELL
    for line in block.splitlines()
    if line.startswith(PROGRAM) and "--smoke" not in line
]


def test_the_way_through_the_lab(tmp_path: Path) -> None:
    pytest.importorskip("litert_torch", reason="needs the lab: pip install 'edgedet[lab]'")
    from edgedet.lab.training.shapes import draw_shapes

    draw_shapes(tmp_path / "pictures", 64)
    assert len(COMMANDS) >= 8
    for command in COMMANDS:
        line = [sys.executable, "-m", "edgedet", *shlex.split(command)[1:]]
        result = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
        assert "Traceback" not in result.stderr
    written = {path.name for path in tmp_path.iterdir()}
    assert {"charts.png", "sheet.png", "run", "float.tflite", "float.json", "int8.tflite", "int8.json"} <= written
