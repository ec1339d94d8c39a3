"""``edgedet run`` with settings of its own, and what it costs over some seconds."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

WITHIN = 60.0
"""Seconds everything has to run within after the start."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a running program took.

    Attributes:
        cpu_ms_a_second: of all its threads.
        fps: frames a second that the detector looked at, of all cameras.
        offered: frames a second that the cameras gave.
        p99_ms: from capture to detected or published.
        rss_mb: resident memory.
        fairness: of the camera looked at the least often over the one looked at the most, 1 is fair.
        report: the last one.
    """

    cpu_ms_a_second: float
    fps: float
    offered: float
    p99_ms: float
    rss_mb: float
    fairness: float
    report: Mapping[str, Any]

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds a frame that was looked at."""
        return self.cpu_ms_a_second / self.fps if self.fps else float("inf")

    def figures(self) -> dict[str, str]:
        """Columns of a table."""
        return {
            "frames a second": f"{self.fps:.1f} of {self.offered:.1f}",
            "CPU ms a frame": f"{self.cpu_ms:.1f}",
            "latency p99 ms": f"{self.p99_ms:.0f}",
            "RSS MB": f"{self.rss_mb:.0f}",
        }


class Program:
    """A running ``edgedet run``, which looks at every frame.

    Attributes:
        log: where its stderr goes.
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self._process, self._report, self.log = process, folder / "report.json", folder / "stderr.log"

    def report(self) -> dict[str, Any]:
        """Its figures now; empty while it can't tell yet."""
        self._report.unlink(missing_ok=True)
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError):
                found: dict[str, Any] = json.loads(self._report.read_text())
                return found
            time.sleep(0.02)
        return {}

    def wait_for_frames(self) -> None:
        """Until every camera has been looked at.

        Raises:
            RuntimeError: it ended, or some camera gave nothing in time.
        """
        deadline = time.monotonic() + WITHIN
        while " threads" not in self.log.read_text() and time.monotonic() < deadline:  # a signal would end it before
            time.sleep(0.05)
        while time.monotonic() < deadline and self._process.poll() is None:
            if (frames := _detected(self.report())) and all(frames.values()):
                return
            time.sleep(0.2)
        raise RuntimeError(f"edgedet run: not every camera gave frames; its log ends: {self.log.read_text()[-800:]}")

    def load(self, seconds: float) -> Load:
        """What it takes over so many seconds."""
        process = psutil.Process(self._process.pid)
        before, began, cpu = self.report(), time.monotonic(), _cpu(process)
        time.sleep(seconds)
        spent, took, after = _cpu(process) - cpu, time.monotonic() - began, self.report()
        done = {name: count - _detected(before)[name] for name, count in _detected(after).items()}
        offered = sum(_captured(after).values()) - sum(_captured(before).values())
        return Load(
            spent / took * 1e3,
            sum(done.values()) / took,
            offered / took,
            after["latency_ms"]["end_to_end"]["p99"],
            after["rss_mb"],
            min(done.values()) / max(*done.values(), 1),
            after,
        )


@contextlib.contextmanager
def program(folder: Path, *arguments: object, settings: Mapping[str, str] | None = None) -> Iterator[Program]:
    """``edgedet run`` with one interpreter thread and these arguments; ended with the block.

    Args:
        folder: for its log and reports.
        arguments: of ``edgedet run``.
        settings: by the names of their environment variables.
    """
    command = [sys.executable, "-m", "edgedet", "run", "--threads", "1", "--report", str(folder / "report.json")]
    environment = os.environ | {"EDGEDET_MOTION_ENABLED": "false"} | dict(settings or {})
    with (folder / "stderr.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=log, env=environment
        )
        try:
            yield Program(process, folder)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def cameras_file(folder: Path, uris: Sequence[str]) -> Path:
    """A settings file with these sources as cameras ``camera1``, ``camera2``, ..."""
    path = folder / "edgedet.toml"
    tables = (f'[[camera]]\nname = "camera{i}"\nsource = {{ uri = "{uri}" }}\n' for i, uri in enumerate(uris, 1))
    path.write_text("\n".join(tables))
    return path


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _frames(report: Mapping[str, Any], which: str) -> dict[str, int]:
    if not report:
        return {}
    cameras = report.get("cameras") or {"": report}
    return {name: camera["frames"][which] for name, camera in cameras.items()}


def _detected(report: Mapping[str, Any]) -> dict[str, int]:
    return _frames(report, "detected")


def _captured(report: Mapping[str, Any]) -> dict[str, int]:
    return _frames(report, "captured")
