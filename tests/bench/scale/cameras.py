"""Cameras, 1 to 16: each reads the same RTSP stream; at a low rate that they all get, and at one that is too much."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.scale.points import Curve, Point
from tests.bench.scale.program import Load, cameras_file, program
from tests.capture.servers import PYTHON, RTSP_SERVER

COUNTS = (1, 2, 4, 8, 12, 16)
LOW, HIGH = 2, 15
"""Frames a second of each camera: 16 of them are within reach of one core, or far beyond it."""


@contextlib.contextmanager
def camera(film: Path, fps: int) -> Iterator[str]:
    """The address of an RTSP camera that shows a film."""
    command = [str(PYTHON), str(RTSP_SERVER), "--file", str(film), "--rate", str(fps)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.communicate()


def load(film: Path, count: int, fps: int, seconds: float) -> tuple[Load, str]:
    """What so many cameras take, and what the program's log said."""
    with tempfile.TemporaryDirectory() as folder, camera(film, fps) as uri:
        settings = cameras_file(Path(folder), [uri] * count)
        with program(Path(folder), "--config", settings, "--no-web") as running:
            running.wait_for_frames()
            return running.load(seconds), running.log.read_text()


def measure(film: Path, seconds: float, counts: tuple[int, ...] = COUNTS) -> list[Curve]:
    """Both curves."""
    low = [(count, load(film, count, LOW, seconds)[0]) for count in counts]
    high = [(count, load(film, count, HIGH, seconds)[0]) for count in counts]
    return [
        Curve(
            "cameras",
            f"cameras of {LOW} frames a second",
            "CPU, ms a second",
            [Point(count, each.cpu_ms_a_second, _figures(each)) for count, each in low],
            f"`edgedet run` with so many RTSP cameras, H.264, {LOW} frames a second, {seconds:g} s each.",
        ),
        Curve(
            "overload",
            f"cameras of {HIGH} frames a second",
            "CPU, ms a second",
            [Point(count, each.cpu_ms_a_second, _figures(each)) for count, each in high],
            f"The same at {HIGH} frames a second each: soon more than the machine can look at. Fairness is that of the "
            "camera looked at the least often over the one looked at the most.",
        ),
    ]


def _figures(each: Load) -> dict[str, str]:
    short = each.report.get("shortfall")
    return each.figures() | {"fairness": f"{each.fairness:.2f}", "says it is too much": "yes" if short else "no"}
