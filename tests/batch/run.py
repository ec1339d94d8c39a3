"""Detection over 400 pictures and clips: one worker, two, two of Ray, and two that are killed again and again.

``python -m tests.batch.run [PICTURES CLIPS]`` prints the throughput of each, and fails where results aren't the same
bit for bit. On a quiet machine the figures mean something.
"""

from __future__ import annotations

import filecmp
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.batch.bed import CLIPS, PICTURES, command, fill, kill_driver, kill_workers, start

KILLS = 5


def whole(inputs: Path, out: Path, *options: str, code: int = 0) -> dict[str, Any]:
    """Run to the end; its report."""
    done = subprocess.run(command(inputs, out, *options), capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    report: dict[str, Any] = json.loads((out / "report.json").read_text())
    return report


def disturbed(inputs: Path, out: Path, kills: int, *options: str) -> None:
    """Run with workers killed, then the driver, and then to the end."""
    driver = start(inputs, out, *options)
    try:
        assert kill_workers(driver, out, kills, seed=len(options)) == kills, Path(f"{out}.log").read_text()
        kill_driver(driver, out, after=2)
    finally:
        if driver.poll() is None:
            driver.kill()
    whole(inputs, out, *options)


def check(inputs: Path, out: Path, reference: Path) -> None:
    """The same bytes as another run's, every file of the inputs in it, no frame twice."""
    name = "results.jsonl"
    assert filecmp.cmp(out / name, reference / name, shallow=False), f"{out} isn't {reference}"
    rows = [json.loads(line) for line in (out / name).read_text().splitlines()]
    seen = [(row["source"], row["index"]) for row in rows]
    assert len(set(seen)) == len(seen)
    assert {source for source, _ in seen} == {str(path) for path in inputs.iterdir()}
    assert (out / "failed.jsonl").read_text() == ""


def told(name: str, report: dict[str, Any]) -> str:
    """A line of the table."""
    session, run = report["session"], report["run"]
    return (
        f"{name:<12}{session['workers']:>3} workers  {session['seconds']:7.1f} s  "
        f"{session['items_per_second']:7.2f}/s  {run['cpu_seconds']:7.1f} CPU s"
    )


def main(pictures: int = PICTURES, clips: int = CLIPS) -> None:
    """All of it, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="batch-") as name:
        folder = Path(name)
        inputs = folder / "in"
        fill(inputs, pictures, clips)
        print(f"{len(list(inputs.iterdir()))} pictures and clips")
        print(told("local pool", whole(inputs, folder / "one", "--workers", "1")))
        print(told("local pool", whole(inputs, folder / "two", "--workers", "2")))
        check(inputs, folder / "two", folder / "one")
        disturbed(inputs, folder / "killed", KILLS, "--workers", "2")
        check(inputs, folder / "killed", folder / "one")
        print(f"{KILLS} workers killed, then the driver: the same results")
        if importlib.util.find_spec("ray") is None:
            print("Ray isn't installed: left out")
            return
        print(told("Ray", whole(inputs, folder / "ray", "--workers", "2", "--cluster", "local")))
        check(inputs, folder / "ray", folder / "one")
        disturbed(inputs, folder / "ray-killed", 2, "--workers", "2", "--cluster", "local")
        check(inputs, folder / "ray-killed", folder / "one")
        print("two of Ray's actors killed, then its driver: the same results")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
