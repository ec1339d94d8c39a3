"""A key that somebody would commit is found before he does; and there is none here."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest

from tests.supply.scripts import script

PEM = "-----BEGIN {} PRIVATE KEY-----"
PLANTED = {
    "key.pem": PEM.format("EC") + "\n" + base64.b64encode(bytes(range(120))).decode(),
    "settings.py": f'AWS = "AKIA{"IOSFODNN7EXAMPL2"}"',
    "notes.md": f"token {'ghp'}_{'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0hJ3kLm'}",
    "camera.toml": f"uri = 'rtsp://admin:{'Sunny'}{'day42'}@10.0.0.7/live'",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "hello.py").write_text("print('hello')\n")
    return tmp_path


def test_a_clean_one_is_clean(repository: Path) -> None:
    done = script("secrets.sh", repository)
    assert (done.returncode, done.stdout) == (0, "no secrets found\n"), done.stderr


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_one_is_found(repository: Path, name: str) -> None:
    (repository / name).write_text(PLANTED[name] + "\n")
    done = script("secrets.sh", repository)
    assert done.returncode == 1, done.stdout
    assert f"{name}:1: " in done.stderr
    assert PLANTED[name][-12:] not in done.stderr
    assert "take each out and change it, it was seen" in done.stderr
    (repository / ".gitignore").write_text(f"{name}\n")
    assert script("secrets.sh", repository).returncode == 0


def test_there_is_none_here() -> None:
    done = script("secrets.sh")
    assert done.returncode == 0, done.stdout + done.stderr
