"""Viewers of the live picture, 0 to 50: real HTTP clients that read as fast as it comes."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.scale.points import Curve, Point
from tests.bench.scale.program import Load, program
from tests.places import ROOT

COUNTS = (0, 1, 2, 5, 10, 20, 35, 50)


@contextlib.contextmanager
def readers(url: str, count: int) -> Iterator[None]:
    """So many connections to a stream."""
    if not count:
        yield
        return
    command = [sys.executable, "-m", "tests.bench.scale.readers", url, str(count)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        if not process.stdout.readline():
            raise RuntimeError(f"{count} readers of {url} didn't begin")
        yield
    finally:
        process.kill()
        process.communicate()


def load(film: Path, count: int, seconds: float) -> Load:
    """What so many viewers take, with the detector beside them."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("--source", film, "--loop", "--no-as-fast", "--port", 0)
        with program(Path(folder), *arguments, settings={"EDGEDET_MJPEG_MAX_CLIENTS": "60"}) as running:
            running.wait_for_frames()
            url = re.search(r"live picture: (http://\S+)", running.log.read_text())
            assert url is not None
            with readers(f"{url[1].rstrip('/')}/stream.mjpg", count):
                return running.load(seconds)


def measure(film: Path, seconds: float, counts: tuple[int, ...] = COUNTS) -> list[Curve]:
    """The curve."""
    found = [(count, load(film, count, seconds)) for count in counts]
    return [
        Curve(
            "viewers",
            "viewers of the live picture",
            "CPU, ms a second",
            [Point(count, each.cpu_ms_a_second, each.figures()) for count, each in found],
            f"`edgedet run` on a film in real time, read by so many HTTP clients, {seconds:g} s each. The picture is "
            "drawn and encoded once for all of them.",
        )
    ]
