"""What ``install.sh`` does with a package index that gives other files than those that are locked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.board import Board

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    board = Board(tmp_path_factory.mktemp("board") / "root")
    yield board
    board.remove()


def test_another_file_than_the_locked_one_is_not_installed(board: Board) -> None:
    """As it is for pip whether the file was changed or the hash: the hash is the one that can be changed here."""
    lock = board.folder / "src/deploy/locks/plain.txt"
    text = lock.read_text()
    lock.write_text(re.sub(r"(?<=sha256:)[0-9a-f]{64}", "0" * 64, text))
    done = board.install("--no-start")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "edgedet: the package index gave another file than the one that is locked (" in done.stderr
    assert done.stderr.endswith("; nothing of it was installed\n")
    assert done.stderr.count("\n") == 1
    assert board.versions() == []
    lock.write_text(text)


def test_what_the_locks_lack_is_noticed(board: Board) -> None:
    project = board.folder / "src/pyproject.toml"
    text = project.read_text()
    project.write_text(text.replace('    "click>=8.1",\n', '    "click>=8.1",\n    "tabulate>=0.9",\n'))
    done = board.install("--no-start")
    assert done.returncode != 0
    assert "tabulate" in done.stderr
    assert board.versions() == []
    project.write_text(text)


def test_all_that_is_installed_is_locked(board: Board) -> None:
    """And what built edgedet is gone again."""
    board.installed("--no-start", "--extras", "web,mqtt,notify,metrics,gpio")
    site = board.folder / "opt/edgedet/current"
    site = Path(f"{board.folder}/opt/edgedet/{site.readlink()}") / "lib/python3.11/site-packages"
    there = {path.name.rpartition(".")[0].rpartition("-") for path in site.glob("*.dist-info")}
    names = {(name.lower().replace("_", "-").replace(".", "-"), version) for name, _, version in there}
    locked = set()
    for file in (board.folder / "src/deploy/locks").glob("*.txt"):
        if file.stem != "build":
            locked |= set(re.findall(r"^([a-z0-9.-]+)==(\S+)", file.read_text(), re.M))
    assert {name for name, _ in names - locked} <= {"edgedet", "pip", "setuptools"}
    assert "hatchling" not in {name for name, _ in names}
    assert (site.parents[2] / "share/edgedet/sbom.cdx.json").is_file()
