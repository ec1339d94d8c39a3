"""``edgedet run``: the live picture, the report, the end."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.e2e.program import assert_refused, edgedet, running
from tests.places import ROOT

PHOTOS = ROOT / "edgedet/capture/photos"


def test_the_demo_is_seen_in_a_browser_and_people_are_found(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with running(tmp_path, "--port", 0, "--seconds", 8, "--report", report) as program:
        url = program.url()
        with urllib.request.urlopen(f"{url}stream.mjpg", timeout=10) as stream:
            assert stream.headers.get_content_type() == "multipart/x-mixed-replace"
            data = b""
            while data.count(b"\xff\xd9") < 3:
                data += stream.read(4096)
        start = data.index(b"\xff\xd8")
        picture = cv2.imdecode(np.frombuffer(data[start : data.index(b"\xff\xd9", start) + 2], np.uint8), 1)
        assert picture.shape[0] >= 360
        output, _ = program.process.communicate(timeout=20)
    assert program.process.returncode == 0, program.text()
    assert "person" in output
    facts = json.loads(report.read_text())
    assert facts["objects"]["person"] > 0
    assert facts["fps"]["detect"] > 0
    for step in ("age", "preprocess", "invoke", "decode", "publish", "end_to_end"):
        assert facts["latency_ms"][step]["p50"] <= facts["latency_ms"][step]["p99"], step
    assert {"drops", "cpu", "rss_mb", "temperature_c", "throttled"} <= set(facts)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_with_its_files_finished(tmp_path: Path, number: signal.Signals) -> None:
    video, lines, report = tmp_path / "found.mp4", tmp_path / "found.jsonl", tmp_path / "report.json"
    arguments = ("--port", 0, "--video", video, "--jsonl", lines, "--report", report)
    with running(tmp_path, *arguments) as program:
        program.url()
        while not lines.exists() or lines.read_text().count("\n") < 30:
            time.sleep(0.05)
        start = time.monotonic()
        program.process.send_signal(number)
        program.process.wait(timeout=10)
        took = time.monotonic() - start
    assert program.process.returncode == 0, program.text()
    assert took < 3  # promised: 2 s; the rest is for a busy machine
    written = [json.loads(line) for line in lines.read_text().splitlines()]
    with av.open(str(video)) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert frames > 10
    assert len(written) >= 30
    assert json.loads(report.read_text())["frames"]["detected"] >= len(written)


def test_figures_on_request(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with running(tmp_path, "--port", 0, "--report", report) as program:
        program.url()
        time.sleep(1.5)
        program.process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + 10
        while not report.exists() or not report.read_text().endswith("}\n"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert program.process.poll() is None
        assert json.loads(report.read_text())["source"]["state"] == "open"


def test_so_many_frames_of_a_folder(tmp_path: Path) -> None:
    lines = tmp_path / "found.jsonl"
    result = edgedet("run", "--no-web", "--source", PHOTOS, "--as-fast", "--loop", "--frames", 7, "--jsonl", lines)
    assert result.returncode == 0, result.stderr
    found = [json.loads(line) for line in lines.read_text().splitlines()]
    assert len(found) == 7
    assert [Path(line["source"]).name for line in found[:4]] == [
        "astronaut.jpg",
        "chelsea.jpg",
        "hopper.jpg",
        "astronaut.jpg",
    ]


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with running(tmp_path, "--port", 0) as program:
        port = program.url().rstrip("/").rpartition(":")[2]
        assert_refused(edgedet("run", "--port", port, "--seconds", 5), port, "in use", "--port")


def test_a_full_disk_ends_neither_detection_nor_the_picture(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = edgedet("run", "--port", 0, "--seconds", 4, "--jsonl", "/dev/full", "--report", report)
    assert result.returncode == 0, result.stderr
    assert "no space left" in result.stderr
    facts = json.loads(report.read_text())
    assert facts["errors"]["jsonl"] >= 1
    assert facts["frames"]["detected"] > 20


def test_sources_that_are_not_there() -> None:
    assert_refused(edgedet("run", "--source", "/nowhere/clip.mp4"), "/nowhere/clip.mp4")
    assert_refused(edgedet("run", "--source", "99"), "99")
    assert_refused(edgedet("run", "--source", "picam:"), "picamera2", "--system-site-packages")
    assert_refused(edgedet("run", "--source", "gopher://x/y"), "gopher")


def test_a_camera_that_never_answers_is_waited_for(tmp_path: Path) -> None:
    with running(tmp_path, "--port", 0, "--source", "rtsp://user:secret@127.0.0.1:1/live") as program:
        program.wait_for("refused")
        assert "secret" not in program.text()
        program.process.send_signal(signal.SIGTERM)
        program.process.wait(timeout=10)
    assert program.process.returncode == 0
