from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edgedet.outbox import Outbox
from tests.places import ROOT


def killed(path: Path, first: int, after: float) -> list[str]:
    """What a sender said before it was killed, ``after`` seconds from its beginning."""
    command = [sys.executable, "-m", "tests.outbox.sender", path, str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(after)
        process.kill()
        return process.stdout.read().splitlines()


def kill_often(path: Path, times: int) -> None:
    random.seed(times)
    said: dict[str, list[str]] = {"put": [], "sent": [], "done": []}
    for number in range(times):
        for line in killed(path, number * 100_000, random.uniform(0, 0.2)):
            what, _, key = line.partition(" ")
            said[what].append(key)
    assert len(said["done"]) > times
    outbox = Outbox(path)
    left = []
    while (item := outbox.next("push")) is not None:
        assert item.message == {"number": int(item.key)}
        assert item.picture == b"x" * 5000
        left.append(item.key)
        outbox.done(item)
    outbox.close()
    assert set(said["put"]) <= set(said["done"]) | set(said["sent"]) | set(left), "nothing put is lost"
    assert not set(said["done"]) & set(left), "nothing done comes back"
    assert len(said["done"]) == len(set(said["done"]))
    order = list(dict.fromkeys(said["sent"])) + [key for key in left if key not in said["sent"]]
    assert order == sorted(order), "in the order they were put, over all the crashes"


def test_five_kills_lose_and_repeat_nothing(tmp_path: Path) -> None:
    kill_often(tmp_path / "outbox.db", 5)


@pytest.mark.slow
def test_fifty_kills_lose_and_repeat_nothing(tmp_path: Path) -> None:
    kill_often(tmp_path / "outbox.db", 50)
