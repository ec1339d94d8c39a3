"""``edgedet tune``, run as a person would."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.program import PROGRAM, assert_refused, edgedet


@pytest.mark.slow
def test_it_measures_chooses_and_writes(tmp_path: Path) -> None:
    file = tmp_path / "edgedet.toml"
    file.write_text("# mine\n[model]\nthreads = 1  # of old\n[governor]\nboard = 'simulated:20'\n")
    done = edgedet("tune", "--for", 1, "--goal", "fps>=0.5", "--write", "--config", file, timeout=120)
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if "meets it" in line]
    assert {"starter-320", "starter-256", "bootstrap-320"} <= {row[0] for row in rows}
    assert "fps>=0.5: starter-320 on " in done.stdout, "the most accurate"
    assert "threads = " in done.stdout
    text = file.read_text()
    assert text.startswith("# mine\n[model]\nthreads = ")
    assert 'path = "starter-320"' in text
    assert "# of old" in text
    assert list(tmp_path.glob("edgedet.toml.*.bak"))


@pytest.mark.slow
def test_a_goal_that_cant_be_met(tmp_path: Path) -> None:
    file = tmp_path / "edgedet.toml"
    file.write_text("[governor]\n")
    done = edgedet("tune", "--for", 1, "--goal", "fps>=5000", "--write", "--json", "--config", file, timeout=120)
    assert done.returncode == 1, done.stderr
    said = json.loads(done.stdout)
    assert (said["meets"], said["settings"]) == (False, None)
    assert said["chosen"]["fps"] == max(row["fps"] for row in said["measured"])
    assert all(row["turns"] >= 1 for row in said["measured"])
    assert file.read_text() == "[governor]\n"


@pytest.mark.slow
def test_ctrl_c_shows_what_was_measured(tmp_path: Path) -> None:
    file = tmp_path / "edgedet.toml"
    file.write_text("[governor]\n")
    command = [*PROGRAM, "tune", "--for", "600", "--goal", "fps>=0.1", "--write", "--config", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    heard = ""
    deadline = time.monotonic() + 60
    while "turn 1: 1 of" not in heard and time.monotonic() < deadline:
        heard += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    output, rest = process.communicate(timeout=30)
    assert process.returncode == 130, rest
    assert "starter-" in output or "bootstrap-" in output
    assert "Traceback" not in heard + rest
    assert file.read_text() == "[governor]\n", "nothing is written from half a measurement"


def test_a_goal_that_makes_no_sense(tmp_path: Path) -> None:
    assert_refused(edgedet("tune", "--goal", "fps<=5", cwd=tmp_path), "--goal: fps<=5", "write fps>=5")
