from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.board import Board

pytestmark = pytest.mark.slow
DEMO = "/opt/edgedet/current/lib/python3.11/site-packages/edgedet/capture/photos"
CONFIG = "/etc/edgedet/edgedet.toml"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    board = Board(tmp_path_factory.mktemp("board") / "root")
    yield board
    board.remove()


@pytest.fixture(scope="module")
def installed(board: Board) -> Board:
    """Installed once, for the tests that look at it or come back to it."""
    board.installed()
    return board


def assert_refused(board: Board, *options: str, before: tuple[str, ...] = (), words: tuple[str, ...]) -> None:
    """One line, exit code 2, and nothing was changed."""
    was = board.tree()
    done = board.install(*options, before=before)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stdout + done.stderr
    for word in words:
        assert word in done.stderr
    assert board.tree() == was


def test_an_unknown_system_is_refused_unless_forced(board: Board) -> None:
    release = board.folder / "usr/lib/os-release"
    text = release.read_text()
    release.write_text(text.replace('VERSION_ID="12"', 'VERSION_ID="11"').replace("(bookworm)", "(bullseye)"))
    assert_refused(board, words=("(bullseye)", "isn't known to work", "--force"))
    assert board.install("--force", "--dry-run").returncode == 0
    release.write_text(text)


@pytest.mark.parametrize("folder", ["/opt", "/var"])
def test_a_full_disk_is_refused_with_what_it_needs(board: Board, folder: str) -> None:
    small = f"mount -t tmpfs -o size=100m none {folder}; exec bash /src/deploy/install.sh"
    done = board.run("bash", "-c", small)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"edgedet: {folder} has 100 MB free and needs" in done.stderr


def test_a_dry_run_changes_nothing(board: Board) -> None:
    was = board.tree()
    said = board.installed("--dry-run")
    assert f"would write {CONFIG}" in said
    assert board.tree() == was


def test_without_a_network_it_says_so_and_leaves_nothing_half_made(board: Board) -> None:
    nowhere = ("env", "PIP_INDEX_URL=http://127.0.0.1:9/simple", "PIP_RETRIES=0")
    done = board.install(before=nowhere)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("edgedet: the package index can't be reached, or lacks what is needed (No matching ")
    assert done.stderr.endswith("; check the network, then run this again\n")
    assert done.stderr.count("\n") == 1
    assert board.versions() == []


def test_killed_while_pip_runs_it_begins_that_again(board: Board) -> None:
    process = subprocess.Popen(board.command("bash", "/src/deploy/install.sh"), start_new_session=True)
    site = board.folder / "opt/edgedet/versions/0.1.0/lib/python3.11/site-packages"
    while not (site / "numpy").exists():
        assert process.poll() is None
        time.sleep(0.02)
    subprocess.run(["kill", f"-{signal.SIGKILL.value}", "--", f"-{process.pid}"], check=True)
    process.wait()
    assert not (board.folder / "opt/edgedet/current").exists()
    board.installed()
    assert board.link("current") == "0.1.0"


def test_everything_is_where_it_should_be(installed: Board) -> None:
    tree = installed.tree(times=False)
    user = installed.run("id", "-u", "edgedet").stdout.strip()
    assert tree["etc/edgedet"][:2] == (oct(0o40750), int(user))
    assert tree[CONFIG[1:]][:2] == (oct(0o100640), int(user))
    assert tree["etc/edgedet/credentials"][:2] == (oct(0o40700), 0)
    assert tree["var/lib/edgedet"][:2] == (oct(0o40750), int(user))
    for name in ("etc/systemd/system/edgedet.service", "usr/local/share/man/man1/edgedet.1.gz"):
        assert tree[name][:2] == (oct(0o100644), 0)
    assert "etc/systemd/system/multi-user.target.wants/edgedet.service" in tree
    assert not [name for name in tree if name.endswith(".new")]
    assert "video" in installed.run("id", "-nG", "edgedet").stdout.split()


def test_the_second_time_nothing_changes(installed: Board) -> None:
    was = installed.tree()
    said = installed.installed().splitlines()
    assert installed.tree() == was
    assert [line for line in said if not line.startswith("already there: ")] == [
        "not started: systemd isn't running here; the service starts with the next boot"
    ]


def test_the_user_can_run_it_and_the_settings_are_sound(installed: Board) -> None:
    as_user = ("runuser", "-u", "edgedet", "--", "edgedet")
    assert installed.run("edgedet", "--version").stdout == "edgedet 0.1.0\n"
    assert installed.run(*as_user, "config", "check", CONFIG).stdout == f"{CONFIG}: ok\n"
    found = installed.run(*as_user, "detect", "--json", f"{DEMO}/{first_photo(installed)}")
    assert '"label": ' in found.stdout, found.stderr
    shown = installed.run("edgedet", "config", "show", "--config", CONFIG).stdout
    assert "demo:" in shown
    assert "/var/lib/edgedet/events" in shown


def first_photo(board: Board) -> str:
    return sorted(path.name for path in Path(f"{board.folder}{DEMO}").glob("*.jpg"))[0]


def test_completions_and_manual_are_read_by_their_programs(installed: Board) -> None:
    script = (
        "complete -p edgedet; COMP_WORDS=(edgedet ver) COMP_CWORD=1; _edgedet_completion edgedet; echo ${COMPREPLY[@]}"
    )
    completion = "/usr/local/share/bash-completion/completions/edgedet"
    said = installed.run("bash", "-c", f". {completion}; {script.replace(' ver', ' dete')}").stdout
    assert said.splitlines()[-1] == "detect"
    page = installed.run("sh", "-c", "zcat /usr/local/share/man/man1/edgedet.1.gz").stdout
    assert page.startswith('.TH EDGEDET 1 "" "edgedet 0.1.0"')


def test_settings_are_never_overwritten(installed: Board) -> None:
    config = Path(f"{installed.folder}{CONFIG}")
    text = config.read_text()
    config.write_text("# mine\n")
    assert "change source.uri yourself" in installed.installed("--source", "picam:")
    assert config.read_text() == "# mine\n"
    config.write_text(text)


def test_two_at_once_is_one_too_many(installed: Board) -> None:
    folder = os.open(installed.folder / "opt", os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    assert_refused(installed, words=("another installation is at work",))
    os.close(folder)
    assert installed.install().returncode == 0


def test_killed_at_any_change_the_next_run_finishes(installed: Board) -> None:
    """The environment is kept aside: making it was killed elsewhere."""
    whole, aside = installed.tree(times=False), installed.folder / "versions"
    versions = installed.folder / "opt/edgedet/versions"
    for at in range(60):
        shutil.move(versions, aside)
        installed.installed("--uninstall", "--purge")
        (installed.folder / "opt/edgedet").mkdir()
        shutil.move(aside, versions)
        done = installed.install_killed(at)
        if done.returncode == 0:
            break
        assert done.returncode < 0 or done.returncode > 128, done.stdout + done.stderr
        installed.installed()
        assert installed.tree(times=False) == whole, at
    assert 15 < at < 59


def test_uninstalling_keeps_what_is_yours_unless_purged(installed: Board) -> None:
    was = installed.tree()
    installed.installed("--uninstall", "--purge", "--dry-run")
    assert installed.tree() == was
    for _ in range(2):
        said = installed.installed("--uninstall")
        left = {name for name in installed.tree() if "edgedet" in name}
        assert left == {"etc/edgedet", "etc/edgedet/edgedet.toml", "etc/edgedet/credentials", "var/lib/edgedet"}
    assert said == "kept: /etc/edgedet, /var/lib/edgedet and the user edgedet (--purge removes them too)\n"
    for _ in range(2):
        said = installed.installed("--uninstall", "--purge")
        assert not {name for name in installed.tree() if "edgedet" in name}
    assert said == ""
    assert installed.run("getent", "passwd", "edgedet").returncode == 2
