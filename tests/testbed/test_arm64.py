"""The arm64 bed and what compares two machines' detections."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.testbed.roots import BED, need

PERSON = {"label": "person", "class_id": 0, "score": 0.8, "box": [10.0, 10.0, 110.0, 210.0]}


def lines(path: Path, **pictures: list[dict[str, object]]) -> Path:
    frames = [{"source": f"{path.stem}/{name}.jpg", "detections": found} for name, found in pictures.items()]
    path.write_text("".join(json.dumps(frame) + "\n" for frame in frames))
    return path


def compare(tmp_path: Path, there: list[dict[str, object]], *options: str) -> tuple[int, str]:
    here = lines(tmp_path / "here.jsonl", hopper=[PERSON])
    other = lines(tmp_path / "there.jsonl", hopper=there)
    command = [sys.executable, BED / "arm64" / "compare.py", here, other, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("change", "options", "same"),
    [
        ({}, [], True),
        ({"box": [10.9, 10.0, 110.0, 209.1], "score": 0.785}, [], True),
        ({"box": [11.1, 10.0, 110.0, 210.0]}, [], False),
        ({"score": 0.77}, [], False),
        ({"label": "cat"}, [], False),
        ({"box": [20.0, 10.0, 110.0, 210.0]}, ["--iou", "0.85"], True),
        ({"box": [20.0, 10.0, 110.0, 210.0]}, ["--iou", "0.95"], False),
        ({"score": 0.77}, ["--iou", "0.9", "--score", "0.05"], True),
    ],
)
def test_twins_are_near_enough(tmp_path: Path, change: dict[str, object], options: list[str], same: bool) -> None:
    code, said = compare(tmp_path, [PERSON | change], *options)
    assert (code == 0) is same, said


def test_an_object_less_or_more_is_told(tmp_path: Path) -> None:
    assert compare(tmp_path, [])[0] == 1
    code, said = compare(tmp_path, [PERSON, PERSON | {"label": "dog", "score": 0.6}])
    assert code == 1
    assert "only there: dog 0.60; nothing like it" in said


def test_a_few_may_be_lost_where_that_is_allowed(tmp_path: Path) -> None:
    there = [PERSON, PERSON | {"label": "dog", "score": 0.6}]
    assert compare(tmp_path, there, "--lost", "0.4")[0] == 0
    assert compare(tmp_path, there, "--lost", "0.3")[0] == 1


def test_what_neither_is_sure_of_is_not_asked_for(tmp_path: Path) -> None:
    assert compare(tmp_path, [PERSON, PERSON | {"label": "dog", "score": 0.4}])[0] == 0


def test_it_says_how_it_is_used() -> None:
    done = subprocess.run([BED / "arm64.sh", "buster"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "usage: arm64.sh bookworm|trixie" in done.stderr


def test_the_tests_it_runs_are_there() -> None:
    chosen = [line.lstrip("- ") for line in (BED / "arm64/pure.txt").read_text().splitlines() if line[:1] != "#"]
    for each in chosen:
        path, _, name = each.partition("::")
        file = BED.parents[1] / path
        assert file.exists(), each
        assert not name or f"def {name}(" in file.read_text(), each


@pytest.mark.slow
@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_everything_is_green(suite: str, tmp_path: Path) -> None:
    need()
    done = subprocess.run([BED / "arm64.sh", suite], env=os.environ | {"TMPDIR": str(tmp_path)}, capture_output=True)
    said = done.stdout.decode()
    assert done.returncode == 0, said
    assert "all green" in said
    assert "FAIL" not in said
    assert not list(tmp_path.iterdir()), "the root wasn't removed"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_tidies_up_when_it_is_stopped(number: signal.Signals, tmp_path: Path) -> None:
    need()
    bed = subprocess.Popen(
        [BED / "arm64.sh", "bookworm"],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert bed.stdout is not None
    while b"pictures" not in bed.stdout.readline():  # now it installs
        assert bed.poll() is None
    time.sleep(5)
    os.killpg(bed.pid, number)
    assert bed.wait(30) == 130
    assert not list(tmp_path.iterdir()), "the root wasn't removed"
    assert str(tmp_path) not in Path("/proc/mounts").read_text()
    left = [p for p in Path("/proc").glob("[0-9]*/root") if str(tmp_path) in os.path.realpath(p)]
    assert not left, "processes were left running in the root"
