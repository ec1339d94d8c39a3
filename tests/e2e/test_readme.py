"""Every command in the README works as written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line.partition(" #")[0].strip() for block in SHELL for line in block.splitlines() if line.strip() and line[0] != "#"
]
PROGRAM = ".venv/bin/edgedet"
SETTINGS = "[detect]\nconfidence = 0.4\n[privacy]\nmasks = [[[0.7, 0.0], [1.0, 0.0], [1.0, 0.4]]]\n"
OURS = [command for command in COMMANDS if command.startswith((PROGRAM, "bash deploy/try.sh "))]
LAB = (".venv-lab/bin/edgedet", "PYTHON=python3.11 bash deploy/venv.sh lab")  # see tests/lab/test_readme.py
SCRIPTS = {"bash deploy/try.sh", "bash deploy/test.sh"}  # run by a newcomer, and by continuous integration


def test_what_is_not_run_here_is_known() -> None:
    others = [c for c in COMMANDS if c not in OURS and c not in SCRIPTS and not c.startswith(LAB)]
    known = ("git clone", "git pull", "sudo systemctl", "journalctl", "sudo apt", ".venv/bin/python -m pip")
    known += (
        "sudo bash deploy/install.sh",
        "bash deploy/cloud-init",
        "ansible-playbook",
        "rpi-image-gen",
        "sudo -u edgedet edgedet",
        "pip install ansible-core",
        "cp -r deploy/ansible",
        "edgedet fleet",  # of an operator's machine: tests/fleet/rollout
        "export ANSIBLE_CONFIG",
    )
    assert [c for c in others if not c.startswith(known)] == []
    assert len(OURS) >= 12


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Events of the demo."""
    folder = tmp_path_factory.mktemp("storage")
    run = [sys.executable, "-m", "edgedet", "run", "--storage", str(folder), "--seconds", "15", "--no-web"]
    subprocess.run(run, check=True, capture_output=True, timeout=60)
    assert list(folder.glob("events/*/*/clip.mp4"))
    return folder


@pytest.mark.parametrize("command", OURS)
def test_command(command: str, tmp_path: Path, storage: Path) -> None:
    """Run in a copy of what a checkout has; a camera that isn't here is the only excuse."""
    for name in ("models", "edgedet/capture/photos"):
        shutil.copytree(ROOT / name, tmp_path / name)
    words = shlex.split(command)
    if words[1] in ("events", "timeline"):
        shutil.copytree(storage, tmp_path / "events")
    if words[1] == "replay":
        (tmp_path / "before.toml").write_text("[rules.person]\nhits = 1\n")
        shutil.copy(next(storage.glob("events/*/*/clip.mp4")), tmp_path / "clip.mp4")
    words = words[1:] if words[0] == PROGRAM else ["run", *words[2:]]
    if words[0] == "run":
        words += ["--port", "0"] + ([] if "--seconds" in words else ["--seconds", "2"])
        words = ["127.0.0.1" if word == "0.0.0.0" else word for word in words]
    if "init" not in words and any(word.endswith(".toml") for word in words):
        (tmp_path / "edgedet.toml").write_text(SETTINGS)
    command_line = [sys.executable, "-m", "edgedet", *words]
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    result = subprocess.run(command_line, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in result.stderr
    source = words[words.index("--source") + 1] if "--source" in words else ""
    if source in ("0", "picam:"):
        assert re.search(r"error: .*(/dev/video0|picamera2)", result.stderr), result.stderr
    else:
        assert result.returncode == 0, result.stderr


def test_the_python_example(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    result = subprocess.run([sys.executable, "-c", example], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("cat ")


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
def test_the_settings_example_is_sound(example: str, tmp_path: Path) -> None:
    (tmp_path / "edgedet.toml").write_text(example, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "edgedet", "config", "check"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 0, result.stderr


def test_pictures_and_files_named_are_there() -> None:
    for path in re.findall(r"\]\((?!https?://)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path
