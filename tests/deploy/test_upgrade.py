from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deploy.board import Board, Booted, make_wheel

pytestmark = pytest.mark.slow
BROKEN = {
    "0.2.1": ("edgedet/__main__.py", "import", "raise SystemExit('worn out')\nimport"),
    "0.2.2": ("models/starter-320-int8.json", '"labels"', '"lables'),
    "0.2.3": ("edgedet/config/storage.py", " path: ", " folder: "),
    "0.4.0": ("edgedet/cli/run.py", "    config = one_page(settings)\n", "    raise OutputError('worn out')\n"),
}
"""By version: a program that crashes, a model that is damaged, settings it doesn't know, a service that won't start."""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    board = Board(tmp_path_factory.mktemp("board") / "root")
    work = tmp_path_factory.mktemp("wheels")
    (board.folder / "wheels").mkdir()
    for version in ("0.2.0", "0.3.0", *BROKEN):
        make_wheel(work / version, board.folder / "wheels", version, BROKEN.get(version))
    board.installed()
    yield board
    board.remove()


def wheel(version: str) -> tuple[str, ...]:
    return "--from", f"/wheels/edgedet-{version}-py3-none-any.whl"


def test_another_version_wants_to_be_asked_for(board: Board) -> None:
    was = board.tree()
    done = board.install(*wheel("0.2.0"))
    assert done.returncode == 2
    assert done.stderr == "edgedet: another version is in use, 0.1.0 web,mqtt,notify; add --upgrade to change over\n"
    assert board.tree() == was


def test_without_an_earlier_version_there_is_no_way_back(board: Board) -> None:
    done = board.install("--rollback")
    assert (done.returncode, done.stderr) == (2, "edgedet: there is no version to change back to\n")


def test_an_upgrade_is_beside_the_old_version_and_kept_settings(board: Board) -> None:
    was = board.tree()
    assert "would check the settings" in board.installed("--upgrade", "--dry-run", *wheel("0.2.0"))
    assert board.tree() == was
    board.installed("--upgrade", *wheel("0.2.0"))
    assert (board.link("current"), board.link("previous")) == ("0.2.0", "0.1.0")
    assert board.run("edgedet", "--version").stdout == "edgedet 0.2.0\n"
    config = "etc/edgedet/edgedet.toml"
    was, now = board.tree(), was[config]
    assert was[config] == now
    board.installed("--upgrade", *wheel("0.2.0"))
    assert board.tree() == was


@pytest.mark.parametrize(
    ("version", "step", "why"),
    [
        ("0.2.1", "the new program's first run", "worn out"),
        ("0.2.2", "its doctor", "error    Model's card"),
        ("0.2.3", "checking the settings with it", "storage"),
    ],
)
def test_a_broken_version_changes_nothing(board: Board, version: str, step: str, why: str) -> None:
    was = board.tree(times=False)
    done = board.install("--upgrade", *wheel(version))
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"edgedet: {step} failed:\n  " in done.stderr
    assert why in done.stderr
    assert board.tree(times=False) == was
    assert (board.link("current"), board.link("previous")) == ("0.2.0", "0.1.0")


def test_a_rollback_goes_back_and_forward_again(board: Board) -> None:
    was = board.tree(times=False)
    for version, other in (("0.1.0", "0.2.0"), ("0.2.0", "0.1.0")):
        assert f"in use now: {version}\n" in board.installed("--rollback")
        assert (board.link("current"), board.link("previous")) == (version, other)
        assert board.run("edgedet", "--version").stdout == f"edgedet {version}\n"
        manual = board.run("sh", "-c", "zcat /usr/local/share/man/man1/edgedet.1.gz").stdout
        assert f'"edgedet {version}"' in manual
    assert board.tree(times=False) == was


def test_killed_at_any_change_the_next_run_finishes(board: Board) -> None:
    board.installed("--rollback")
    done = board.install("--upgrade", *wheel("0.2.0"))
    whole = board.tree(times=False)
    for at in range(40):
        board.installed("--rollback")
        done = board.install_killed(at, "--upgrade", *wheel("0.2.0"))
        if done.returncode == 0:
            break
        assert done.returncode < 0 or done.returncode > 128, done.stdout + done.stderr
        board.installed("--upgrade", *wheel("0.2.0"))
        assert board.tree(times=False) == whole, at
        assert (board.link("current"), board.link("previous")) == ("0.2.0", "0.1.0"), at
    assert 5 < at < 39


def test_only_the_version_before_is_kept(board: Board) -> None:
    board.installed("--upgrade", *wheel("0.3.0"))
    assert board.versions() == ["0.2.0", "0.3.0"]


def test_a_version_whose_service_does_not_start_is_taken_back(board: Board) -> None:
    board.installed("--upgrade", *wheel("0.3.0"))
    board.installed("--upgrade", *wheel("0.4.0"))  # without systemd nothing shows it
    board.installed("--rollback")
    assert (board.link("current"), board.link("previous")) == ("0.3.0", "0.4.0")
    booted = Booted(board)
    try:
        began = booted.install(*wheel("0.3.0"))
        assert (began.returncode, booted.show("ActiveState")) == (0, "active"), began.stdout + began.stderr
        pid = booted.show("MainPID")
        assert booted.install(*wheel("0.3.0")).returncode == 0
        assert booted.show("MainPID") == pid
        for options in (("--upgrade", *wheel("0.4.0")), ("--rollback",)):
            done = booted.install(*options)
            assert done.returncode == 1, done.stdout + done.stderr
            assert "starting the service with 0.4.0 failed:\n" in done.stderr
            assert "worn out" in done.stderr
            assert (board.link("current"), board.link("previous")) == ("0.3.0", "0.4.0")
            assert booted.show("ActiveState") == "active"
        assert booted.install("--uninstall").returncode == 0
        assert booted.show("LoadState") == "not-found"
    finally:
        booted.close()
