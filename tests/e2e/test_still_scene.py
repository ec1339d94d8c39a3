"""What a still scene costs with the motion gate and without it, and what keeping its stream costs."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import av
import cv2
import numpy as np
import psutil
import pytest

from tests.capture.servers import RtspCamera
from tests.e2e.program import running
from tests.places import ROOT

ROUNDS, WARM, SECONDS = 3, 6.0, 20.0
SIZE, FPS = (640, 480), 15


def still_film(path: Path) -> Path:
    """A photograph of a room's worth of detail, with a sensor's noise: ten seconds."""
    photo = cv2.imread(str(ROOT / "edgedet/capture/photos/hopper.jpg"))
    assert photo is not None
    scene = cv2.GaussianBlur(cv2.resize(photo, SIZE), (0, 0), 25).astype(np.float32)
    noise = np.random.default_rng(1)
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for _ in range(10 * FPS):
            picture = np.clip(scene + noise.normal(0, 2, scene.shape), 0, 255).astype(np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        film.mux(stream.encode())
    return path


def cores(folder: Path, *arguments: object) -> float:
    """How many cores the program keeps busy."""
    with running(folder, *arguments, "--no-web", "--threads", 1) as program:
        program.wait_for(" fps ", 30)
        time.sleep(WARM)
        process = psutil.Process(program.process.pid)
        before, start = process.cpu_times(), time.monotonic()
        time.sleep(SECONDS)
        after, end = process.cpu_times(), time.monotonic()
    return (after.user + after.system - before.user - before.system) / (end - start)


@pytest.mark.slow
def test_a_still_scene(tmp_path: Path) -> None:
    off = tmp_path / "always.toml"
    off.write_text("[motion]\nenabled = false\n")
    gated, always, kept = [], [], []
    with RtspCamera("--file", str(still_film(tmp_path / "still.mp4"))) as camera:
        for number in range(ROUNDS):
            gated.append(cores(tmp_path, "--source", camera.url))
            always.append(cores(tmp_path, "--source", camera.url, "--config", off))
            kept.append(cores(tmp_path, "--source", camera.url, "--storage", tmp_path / f"kept{number}"))
    ratio = statistics.median(gated) / statistics.median(always)
    remux = statistics.median(kept) - statistics.median(gated)
    print(
        f"cores: gated {gated}, always on {always}, gated and kept {kept}: {ratio:.1%}, keeping {remux:.2%} of a core"
    )
    assert ratio <= 0.15
    assert remux <= 0.05
