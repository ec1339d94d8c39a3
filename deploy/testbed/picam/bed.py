"""What the checks share: edgedet as a program, and cameras opened in this process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from edgedet.capture import Source, open_source
from edgedet.config import SourceConfig

PROGRAM = str(Path(sys.executable).with_name("edgedet"))
PHOTOGRAPH, BARS = "picam:photograph", "picam:bars"


def program(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run edgedet to its end, which has to be the one expected."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=90)
    assert done.returncode == code, f"exit code {done.returncode}: {done.stderr}"
    return done


def run(source: str, *arguments: str) -> tuple[dict[str, Any], str]:
    """The report and the log of a run of 60 frames."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        done = program("run", "--port", "0", "--source", source, "--frames", "60", "--report", str(report), *arguments)
        return json.loads(report.read_text()), done.stderr


def opened(uri: str) -> Source:
    """A camera, open, in this process."""
    source = open_source(SourceConfig(uri=uri))
    source.open()
    return source


def take(source: Source, count: int) -> list[Any]:
    """So many frames."""
    frames = [source.read() for _ in range(count)]
    assert None not in frames
    return frames
