"""What viewers cost the camera: a whole one, measured from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MJPEG, WEBRTC = 20, 4
SECONDS = 8


class Camera:
    """The program of :mod:`tests.web.live.camera_program`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.door = self.line()

    def line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def rates(self, seconds: int) -> dict[str, float]:
        """Detections a second and CPU, in cores, over so many seconds."""
        lines = [self.line() for _ in range(seconds + 1)]
        first, last = lines[0], lines[-1]
        passed = last["time"] - first["time"]
        return {name: (last[name] - first[name]) / passed for name in ("frames", "cpu", "publishing")} | last["viewers"]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    command = [sys.executable, "-m", "tests.web.live.camera_program", tmp_path]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield Camera(process)
    finally:
        process.kill()
        process.communicate()


def crowd(camera: Camera, kind: str, count: int, seconds: int) -> subprocess.Popen[str]:
    """Viewers, who take no more than what the camera leaves of this machine: in life they have their own."""
    door = camera.door
    command = [sys.executable, "-m", "tests.web.live.crowd", kind, str(count), door["url"], door["token"], str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.nice(19))


@pytest.mark.slow
def test_viewers_dont_slow_detection_and_nobody_costs_nothing(camera: Camera) -> None:
    camera.rates(4)  # it warms up
    alone = camera.rates(SECONDS)
    assert alone["publishing"] < 0.02
    watching = [crowd(camera, "mjpeg", MJPEG, 4 * SECONDS), crowd(camera, "webrtc", WEBRTC, 4 * SECONDS)]
    while (camera.line()["viewers"]["mjpeg"], camera.line()["viewers"]["webrtc"]) != (MJPEG, WEBRTC):
        assert all(each.poll() is None for each in watching)
    camera.rates(3)
    watched = camera.rates(SECONDS)
    seen = [float(each.communicate()[0]) for each in watching]
    print(f"alone {alone}, watched {watched}, pictures a second: MJPEG {seen[0]}, WebRTC {seen[1]}")
    assert (watched["mjpeg"], watched["webrtc"]) == (MJPEG, WEBRTC)
    assert watched["frames"] >= 0.9 * alone["frames"]
    assert min(seen) > 5
