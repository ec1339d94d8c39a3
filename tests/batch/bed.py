"""400 pictures and clips, and somebody who kills who works on them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import psutil

from tests.places import shared

PICTURES, CLIPS = 354, 46
FRAMES = 12
"""Of each clip."""
PATIENCE = 900.0
"""Seconds in which killing has to come to an end."""
_WORKERS = ("multiprocessing.spawn", "multiprocessing-fork", "ray::Worker")
"""In the command line of a worker: of a pool, of Ray once it has its unit."""


def fill(folder: Path, pictures: int = PICTURES, clips: int = CLIPS) -> None:
    """Put pictures and clips, cut from film, into a new folder."""
    folder.mkdir()
    for picture in islice(sorted(shared("data/coco-mini/images").iterdir()), pictures):
        shutil.copy(picture, folder)
    cut(shared("data/videos/one-by-one-person-detection.mp4"), folder, clips)


def cut(film: Path, folder: Path, count: int, frames: int = FRAMES) -> None:
    """The first so many clips of a film, each of so many frames."""
    with av.open(str(film)) as source:
        pictures = source.decode(video=0)
        for number in range(count):
            with av.open(str(folder / f"clip-{number:03}.mp4"), "w") as target:
                stream = target.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
                known = source.streams.video[0]
                stream.width, stream.height, stream.pix_fmt = known.width, known.height, "yuv420p"
                for index, picture in enumerate(islice(pictures, frames)):
                    plain = picture.reformat(format="yuv420p")
                    plain.pts, plain.time_base = index, Fraction(1, 10)
                    target.mux(stream.encode(plain))
                target.mux(stream.encode(None))


def command(inputs: Path, out: Path, *options: str) -> list[str]:
    """A run of detection over a folder."""
    return [sys.executable, "-m", "edgedet", "batch", "detect", str(inputs), "-o", str(out), *options]


def start(inputs: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """The same, in the background; what it says goes to ``OUT.log``."""
    with Path(f"{out}.log").open("a") as log:
        return subprocess.Popen(command(inputs, out, *options), stdout=log, stderr=log, text=True)


def workers_of(driver: int) -> list[psutil.Process]:
    """The processes that work for a driver."""
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(driver).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                line = " ".join(child.cmdline())
                if any(name in line for name in _WORKERS) and "resource_tracker" not in line:
                    found.append(child)
    return found


def done_in(out: Path) -> int:
    """How many units have a shard."""
    return len(list((out / "work" / "shards").rglob("*.jsonl")))


def kill_workers(driver: subprocess.Popen[str], out: Path, times: int, seed: int) -> int:
    """Kill a worker, picked at random, so many times, each after some more units; how often it came to that."""
    dice, killed, since = random.Random(seed), 0, 0
    begun = time.monotonic()
    while killed < times and driver.poll() is None:
        time.sleep(0.02)
        assert time.monotonic() < begun + PATIENCE, f"{killed} workers killed, and nothing goes on"
        if done_in(out) < since:
            continue
        workers = workers_of(driver.pid)
        if workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                dice.choice(workers).kill()
                killed += 1
                since = done_in(out) + dice.randint(1, 3)
    return killed


def kill_driver(driver: subprocess.Popen[str], out: Path, after: int) -> None:
    """Kill a driver once so many units more are done, and see that its workers end by themselves."""
    wanted, begun = done_in(out) + after, time.monotonic()
    while done_in(out) < wanted and driver.poll() is None:
        time.sleep(0.02)
        assert time.monotonic() < begun + PATIENCE, "nothing goes on"
    assert driver.poll() is None, "it was ready before it could be killed"
    workers = workers_of(driver.pid)
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert not alive, f"workers without a driver: {alive}"
