"""What a still scene costs with the motion gate and without it, and what keeping its stream costs."""

from __future__ import annotations

import statistics
import time
from itertools import islice
from pathlib import Path

import av
import psutil
import pytest

from tests.capture.servers import RtspCamera
from tests.e2e.program import running
from tests.events.test_walkers import WALKERS
from tests.places import shared

ROUNDS, WARM, SECONDS = 3, 6.0, 20.0


def still_film(path: Path) -> Path:
    """A real camera's empty room: what comes before the first walker, forwards and backwards."""
    with av.open(str(shared("data/videos/one-by-one-person-detection.mp4"))) as walkers:
        room = [frame.to_ndarray(format="yuv420p") for frame in islice(walkers.decode(video=0), WALKERS[0][0] - 10)]
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=10, options={"preset": "ultrafast", "crf": "18"})
        stream.height, stream.width, stream.pix_fmt = room[0].shape[0] * 2 // 3, room[0].shape[1], "yuv420p"
        for picture in room + room[::-1]:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
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
