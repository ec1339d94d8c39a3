"""Workers are killed at random, and then the driver: the next one finds everything and does the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.batch.bed import kill_driver, kill_workers

ITEMS, KILLS = 24, 5


def test_nothing_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.batch.obey", str(tmp_path), str(ITEMS), "0.05"]
    with (tmp_path / "log").open("w") as log:
        driver = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            assert kill_workers(driver, tmp_path / "out", KILLS, seed=1) == KILLS, (tmp_path / "log").read_text()
            kill_driver(driver, tmp_path / "out", after=1)
        finally:
            driver.kill()
            driver.wait()
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    wanted = [f"item-{number}" for number in range(ITEMS)]
    assert done.stdout.split() == wanted
    begun = (tmp_path / "diary").read_text().split()
    assert set(begun) == set(wanted)
    assert len(begun) <= ITEMS + KILLS + 2  # what was interrupted was begun again, and nothing else
