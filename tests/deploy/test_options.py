from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.places import ROOT

SCRIPT = ROOT / "deploy" / "install.sh"
MACHINE = {"id": "0", "getconf": "64", "dpkg": "arm64", "uname": "aarch64"}


def install(*options: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """Never without --dry-run: whoever runs the tests may be root."""
    env = {**os.environ, "PATH": path or os.environ["PATH"]}
    command = ["bash", str(SCRIPT), "--dry-run", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, env=env)


def machine(folder: Path, **answers: str) -> str:
    """A PATH on which programs that say what this machine is answer so, whatever they are asked."""
    for name, answer in {**MACHINE, **answers}.items():
        (folder / name).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert (done.returncode, done.stdout) == (2, ""), done.stdout + done.stderr
    assert done.stderr.startswith("edgedet: ")
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_help_names_every_option_that_is_taken() -> None:
    shown = install("--help")
    text = SCRIPT.read_text()
    labels = re.findall(r"^ +(--?[a-z].*)\)", text.split("parse() {")[1].split("esac")[0], re.M)
    taken = [option for label in labels for option in re.findall(r"--[a-z-]+", label)]
    assert shown.returncode == 0
    assert len(taken) == 11
    for option in taken:
        assert f"  {option} " in shown.stdout or f", {option} " in shown.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--frobnicate",), ("--frobnicate: no such option", "--help")),
        (("--source",), ("--source: needs a value",)),
        (("--extras", "web,cheese"), ("cheese isn't one of web, mqtt, notify",)),
        (("--upgrade", "--uninstall"), ("--uninstall: doesn't go with --upgrade",)),
        (("--purge",), ("--purge: goes with --uninstall",)),
    ],
)
def test_a_wrong_option_is_one_line(options: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert_refused(install(*options), *words)


def test_without_root_it_says_sudo(tmp_path: Path) -> None:
    assert_refused(install(path=machine(tmp_path, id="1000")), "needs root", "sudo")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (
            {"getconf": "32", "dpkg": "armhf", "uname": "armv7l"},
            ("this system is 32-bit (armhf)", "64-bit Raspberry Pi OS"),
        ),
        ({"getconf": "32", "dpkg": "armhf"}, ("the kernel is 64-bit, but the system on it is 32-bit (armhf)",)),
        ({"getconf": "64", "dpkg": "armhf"}, ("the kernel is 64-bit, but the system on it is 32-bit (armhf)",)),
    ],
)
def test_32_bits_are_refused(tmp_path: Path, answers: dict[str, str], words: tuple[str, ...]) -> None:
    assert_refused(install("--force", path=machine(tmp_path, **answers)), *words)


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    path = machine(tmp_path)
    (tmp_path / "python3").write_text("#!/bin/sh\n[ $1 = --version ] && echo Python 3.9.2\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)
    assert_refused(install("--force", path=path), "Python 3.11", "found Python 3.9.2")


def test_alone_it_says_that_it_is_not_whole() -> None:
    """As it is piped into a shell without the rest of the checkout."""
    with SCRIPT.open() as script:
        done = subprocess.run(["bash", "-s", "--", "--dry-run"], stdin=script, capture_output=True, text=True, cwd="/")
    assert_refused(done, "isn't here", "git clone")


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck: apt install shellcheck")
def test_shellcheck_finds_nothing() -> None:
    parts = sorted((SCRIPT.parent / "install").glob("*.sh"))
    checks = (["-x", SCRIPT], parts)
    for files in checks:
        done = subprocess.run(["shellcheck", *map(str, files)], capture_output=True, text=True, cwd=ROOT)
        assert done.returncode == 0, done.stdout
