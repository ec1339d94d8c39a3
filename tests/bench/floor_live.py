"""The installed program beside a camera of 30 frames a second: how late it is, and the memory it takes."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from edgedet.config import Config
from edgedet.stages import build_detector
from tests.capture.servers import RtspCamera
from tests.e2e.program import running

FPS = 30
SETTLED = 3.0
"""Seconds after which the connection stands and memory is looked at."""


@dataclass(frozen=True, slots=True)
class Live:
    """What a run came to.

    Attributes:
        p50_ms, p99_ms: from a frame's arrival to its JSON line.
        rss_mb: the most memory seen, once it ran.
        fps: frames a second detected.
        dropped: frames that were replaced by newer ones.
    """

    p50_ms: float
    p99_ms: float
    rss_mb: float
    fps: float
    dropped: int


def measure(film: Path, folder: Path, seconds: float) -> Live:
    """Run ``edgedet run`` beside an RTSP server that plays a film, and read its report.

    Args:
        film: what the camera shows.
        folder: for the report and the lines.
        seconds: how long it runs.
    """
    report, settings = folder / "report.json", folder / "floor.toml"
    settings.write_text("[motion]\nenabled = false\n")  # every frame is looked at, also where nothing moves
    with RtspCamera("--file", str(film), "--rate", str(FPS)) as camera:
        options = ["--source", camera.url, "--threads", 1, "--no-web", "--jsonl", folder / "live.jsonl"]
        with running(folder, *options, "--report", report, "--seconds", seconds, "--config", settings) as program:
            process = psutil.Process(program.process.pid)
            most, began = 0, time.monotonic()
            while program.process.poll() is None:
                if time.monotonic() - began > min(SETTLED, seconds / 2):
                    most = max(most, _rss(process))
                time.sleep(0.5)
            assert program.process.returncode == 0, program.text()
    facts = json.loads(report.read_text())
    latency, dropped = facts["latency_ms"]["end_to_end"], facts["drops"]["detect"]
    return Live(latency["p50"], latency["p99"], most / 2**20, facts["fps"]["detect"], dropped)


def paced_invokes(seconds: float) -> NDArray[np.float64]:
    """Bare invokes, each of the newest frame of such a camera: the seconds from when that came to the invoke's end.

    What is late here is late because the machine did something else.

    Args:
        seconds: how long.
    """
    runtime = build_detector(Config.model_validate({"model": {"threads": 1}})).runtime
    late, number, start = [], 0, time.perf_counter()
    while number < seconds * FPS:
        due = start + number / FPS
        time.sleep(max(0.0, due - time.perf_counter()))
        runtime.invoke()
        late.append(time.perf_counter() - due)
        number = max(number + 1, int((time.perf_counter() - start) * FPS))  # the newest there is, as of a live camera
    return np.array(late)


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
