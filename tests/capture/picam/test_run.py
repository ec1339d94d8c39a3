"""The whole program over the test camera."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, source: str, seconds: int = 6, **settings: str) -> subprocess.CompletedProcess[str]:
    variables = {f"EDGEDET_SOURCE_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "edgedet", "run", "--source", source, "--port", "0", "--seconds", str(seconds)]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder), **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_a_camera_that_stalls_and_vanishes_is_detected_on(tmp_path: Path) -> None:
    ran = run(tmp_path, "picam:test?stall=1.5&vanish=4&back=1", 9, stall_timeout="0.5", retry_max="0.5")
    assert ran.returncode == 0, ran.stderr
    assert "small YUV420 320x320" in ran.stderr
    assert ran.stderr.count("open again after") >= 2
    assert "found: " in ran.stderr + ran.stdout
    assert "person" in ran.stderr + ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "settings", "words"),
    [
        ("picam:test,5", {}, "error: picam:test,5: no camera module 5; there are 2 camera modules: 0 imx708, 1 imx219"),
        ("picam:test?busy=9", {}, "error: picam:test?busy=9: in use by another process"),
        ("picam:test,1", {"autofocus": "continuous"}, "autofocus isn't offered by imx219; leave out source.autofocus"),
        ("picam:test", {"rotation": "90"}, "EDGEDET_SOURCE_ROTATION: source.rotation: a camera module can't turn"),
        ("picam:test?tilt=1", {}, "picam:test: no option tilt"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    source: str, settings: dict[str, str], words: str, tmp_path: Path
) -> None:
    ran = run(tmp_path, source, **settings)
    assert ran.returncode == 2
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
