"""One run of one loop, measured from outside: the lines it prints are counted, its processes are looked at."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.peers.loops.table import Loop
from tests.bench.peers.models import Models
from tests.bench.peers.tree import cpu_seconds, memory_mb
from tests.places import ROOT

WARM_UP = 10
"""Frames that aren't counted, while caches fill and threads settle."""

Objects = list[dict[str, Any]]


class LoopFailed(Exception):
    """A loop printed nothing, or ended by itself."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run came to.

    Attributes:
        fps: frames a second.
        cpu_ms: CPU milliseconds a frame, of all processes.
        drawing_ms: of a frame's time, what drawing took; 0 where nothing is drawn.
        latency_ms: from a frame's arrival to its line, p50 and p99.
        memory_mb: at the end.
        startup_s: from the command to the first line.
        frames: how many were counted.
        found: the objects of each frame, by its number.
    """

    fps: float
    cpu_ms: float
    drawing_ms: float
    latency_ms: tuple[float, float]
    memory_mb: float
    startup_s: float
    frames: int
    found: dict[int, Objects] = field(repr=False)


def run(loop: Loop, models: Models, film: Path, seconds: float, fps: float = 0) -> Run:
    """A fresh process for so many seconds after its first result; ``fps`` 0: as fast as it can.

    Raises:
        LoopFailed: with the last lines it wrote to stderr.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = loop.command(models, film, fps, report)
        with (Path(folder) / "stderr").open("w+") as stderr:
            measured = _Measured(command, loop.environment, stderr, seconds)
            if len(measured.lines) <= WARM_UP:
                stderr.seek(0)
                raise LoopFailed(f"{loop.name}: {' / '.join(stderr.read().splitlines()[-3:]) or 'too few lines'}")
        latency = _latency(measured.lines, report)
    lines, counted = [line for _, line in measured.lines], len(measured.lines) - WARM_UP
    return Run(
        counted / (measured.lines[-1][0] - measured.lines[WARM_UP - 1][0]),
        measured.cpu_s / counted * 1e3,
        float(np.mean([line.get("drawing_ms", 0.0) for line in lines])),
        latency,
        measured.memory_mb,
        measured.lines[0][0] - measured.started,
        counted,
        {line["index"]: line["detections"] for line in lines},
    )


class _Measured:
    """Runs a command until its time is up; its lines with their times, and the CPU between warm-up and end."""

    def __init__(self, command: list[str], environment: Mapping[str, str], stderr: Any, seconds: float) -> None:
        self.lines: list[tuple[float, dict[str, Any]]] = []
        self.cpu_s = self.memory_mb = 0.0
        self.started = time.monotonic()
        with _ended(command, stderr, os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment)) as process:
            self._read(process, seconds)

    def _read(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        assert process.stdout is not None
        silent = threading.Timer(60 + seconds, lambda: os.killpg(process.pid, signal.SIGKILL))
        silent.start()
        before = 0.0
        raw: list[tuple[float, bytes]] = []
        for line in process.stdout:  # parsed afterwards: it would take time from the loop
            raw.append((time.monotonic(), line))
            if len(raw) == WARM_UP:
                before = cpu_seconds(process.pid)
            if len(raw) > WARM_UP and raw[-1][0] - raw[0][0] >= seconds:
                self.cpu_s = cpu_seconds(process.pid) - before
                self.memory_mb = memory_mb(process.pid)
                break
        else:
            raw.clear()
        silent.cancel()
        self.lines = [(at, json.loads(line)) for at, line in raw]


@contextlib.contextmanager
def _ended(command: list[str], stderr: Any, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process group of its own: asked to end, and its children with it, however they take that."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr, start_new_session=True
    )
    assert process.stdout is not None
    drain = threading.Thread(target=lambda: [None for _ in process.stdout or ()], daemon=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        drain.start()  # who waits for room in the pipe can't end
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _latency(lines: list[tuple[float, dict[str, Any]]], report: Path) -> tuple[float, float]:
    """p50 and p99 in milliseconds: edgedet's own report has them, the peers' lines do."""
    if report.exists():
        told = json.loads(report.read_text())["latency_ms"]["end_to_end"]
        return told["p50"], told["p99"]
    each = [line.get("latency_ms", np.nan) for _, line in lines[WARM_UP:]]
    p50, p99 = np.percentile(each, (50, 99))
    return float(p50), float(p99)
