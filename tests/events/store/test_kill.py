from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edgedet.events.store import Store, query
from tests.events.store.made import REPAIRS, assert_consistent
from tests.places import ROOT


def killed(root: Path, first: int, max_gb: float, after: float) -> list[str]:
    """What a recording process said before it was killed, ``after`` seconds from its beginning."""
    command = [sys.executable, "-m", "tests.events.store.recording", root, str(first), str(max_gb)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(after)
        process.kill()
        return process.stdout.read().splitlines()


def kill_often(root: Path, times: int, max_gb: float) -> None:
    random.seed(times)
    told: set[str] = set()
    gone: set[str] = set()
    for number in range(times):
        for line in killed(root, number * 1000, max_gb, random.uniform(0, 0.2)):
            if line.startswith("-"):
                gone.add(line[1:])
            else:
                told.add(line)
        if number % 2:
            continue  # the next process puts things in order, and is killed over it
        with contextlib.closing(Store(root, repairs=REPAIRS)) as store:
            store.open()
        assert_consistent(root)
        found = {each.event.id: each for each in query(root)}
        assert all(each.event.phase == "end" for each in found.values())
        if max_gb:
            # What a sweep deleted just before the end it could not say; those are the oldest, nothing else is missing.
            missing = told - gone - set(found)
            assert not missing or max(missing) < min(found)
        else:
            assert told <= set(found)
    assert len(told) > times


def test_ten_kills_lose_nothing(tmp_path: Path) -> None:
    kill_often(tmp_path, 10, 0)


@pytest.mark.slow
@pytest.mark.parametrize("max_gb", [0, 0.0007])
def test_fifty_kills_lose_nothing(tmp_path: Path, max_gb: float) -> None:
    kill_often(tmp_path, 50, max_gb)


def test_kills_while_deleting_lose_nothing_else(tmp_path: Path) -> None:
    kill_often(tmp_path, 5, 0.0007)
