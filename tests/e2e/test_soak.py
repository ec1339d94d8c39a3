"""Ten minutes on a real RTSP server that dies and comes back: detection resumes, memory stays flat."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.capture.servers import RtspCamera
from tests.e2e.program import Running, running
from tests.places import shared

SECONDS = float(os.environ.get("TEST_SOAK_SECONDS", "600"))


def people_seen(lines: Path) -> int:
    return sum('"person"' in line for line in lines.read_text().splitlines())


def wait_for_people(lines: Path, program: Running, more_than: int, timeout: float) -> float:
    """Seconds until more people were found than ``more_than``."""
    start = time.monotonic()
    while people_seen(lines) <= more_than:
        assert program.process.poll() is None, program.text()
        assert time.monotonic() - start < timeout, program.text()[-3000:]
        time.sleep(0.5)
    return time.monotonic() - start


@pytest.mark.slow
def test_ten_minutes_of_rtsp(tmp_path: Path) -> None:
    video = shared("data/videos/one-by-one-person-detection.mp4")
    lines, report = tmp_path / "found.jsonl", tmp_path / "report.json"
    memory: list[tuple[float, float]] = []
    with contextlib.ExitStack() as stack:
        camera = stack.enter_context(RtspCamera("--file", str(video)))
        arguments = (
            "--source",
            camera.url,
            "--port",
            0,
            "--jsonl",
            lines,
            "--report",
            report,
            "-c",
            0.45,
            "--threads",
            1,
        )
        program = stack.enter_context(running(tmp_path, *arguments))
        program.url()
        while not lines.exists():
            time.sleep(0.1)
        wait_for_people(lines, program, 0, 60)
        camera.kill()
        program.wait_for("trying again|reconnect", 30)
        time.sleep(10)
        camera.start()
        back = wait_for_people(lines, program, people_seen(lines), 90)
        print(f"found people again {back:.1f} s after the camera was back")
        process, start = psutil.Process(program.process.pid), time.monotonic()
        while time.monotonic() - start < SECONDS:
            memory.append((time.monotonic() - start, process.memory_info().rss / 2**20))
            time.sleep(1)
            assert program.process.poll() is None, program.text()
        program.process.send_signal(signal.SIGTERM)
        program.process.wait(timeout=10)
        assert program.process.returncode == 0, program.text()
    facts = json.loads(report.read_text())
    assert facts["source"]["reconnects"] >= 1
    assert facts["frames"]["detected"] > SECONDS * 5
    seconds, megabytes = np.array(memory).T
    settled = seconds > SECONDS * 0.2
    slope = np.polyfit(seconds[settled], megabytes[settled], 1)[0] * 600
    print(f"RSS {megabytes[settled][0]:.1f} -> {megabytes[-1]:.1f} MB, slope {slope:+.2f} MB in ten minutes")
    assert megabytes[-1] < 200
    assert slope < max(3.0, 600 / SECONDS * 3)
