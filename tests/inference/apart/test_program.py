"""The installed program with its model in a process of its own."""

from __future__ import annotations

import json
import signal
import time
from itertools import pairwise
from pathlib import Path

import av
import psutil
import pytest

from tests.e2e.program import assert_refused, edgedet, running
from tests.places import ROOT

PHOTO = ROOT / "edgedet/capture/photos/hopper.jpg"


@pytest.mark.parametrize("isolate", ["process", "sandbox"])
def test_detect_says_the_same(isolate: str) -> None:
    here = edgedet("detect", "--json", PHOTO)
    there = edgedet("detect", "--json", "--isolate", isolate, PHOTO)
    assert there.returncode == 0, there.stderr
    assert json.loads(there.stdout)["detections"] == json.loads(here.stdout)["detections"]


def test_a_compiled_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.hef").touch()
    assert_refused(edgedet("detect", "-m", tmp_path / "m.hef", "--isolate", "process", PHOTO), "model.isolate")


def test_a_delegate_in_a_sandbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('[model]\nisolate = "sandbox"\ndelegate = "libedgetpu.so.1"\n')
    assert_refused(edgedet("detect", "--config", tmp_path / "s.toml", PHOTO), "isolate", "libedgetpu.so.1")


def inference(program: psutil.Process) -> psutil.Process | None:
    """Its process that runs the model."""
    for child in program.children():
        try:
            if "edgedet.inference.apart.child" in child.cmdline():
                return child
        except psutil.Error:
            continue
    return None


def looked(report: Path, program: psutil.Process) -> int:
    """How many frames the model has seen, as the program says when asked."""
    report.unlink(missing_ok=True)
    program.send_signal(signal.SIGUSR1)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            return int(json.loads(report.read_text())["frames"]["looked"])
        except (OSError, ValueError):
            time.sleep(0.02)
    raise AssertionError("no report")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("isolate", "number"),
    [
        ("process", signal.SIGSEGV),
        ("process", signal.SIGABRT),
        ("process", signal.SIGKILL),
        ("process", signal.SIGSTOP),
        ("sandbox", signal.SIGSEGV),
    ],
)
def test_a_death_is_survived_and_the_film_has_no_gap(tmp_path: Path, isolate: str, number: signal.Signals) -> None:
    kept, report, settings = tmp_path / "kept", tmp_path / "report.json", tmp_path / "edgedet.toml"
    settings.write_text(
        f'[storage]\npath = "{kept}"\n[record]\ncontinuous = true\nsegment_seconds = 600\n[mjpeg]\nenabled = false\n'
        f'[model]\nthreads = 1\nisolate = "{isolate}"\n[monitor]\nreport = "{report}"\n'
    )
    with running(tmp_path, "--config", settings) as program:
        process = psutil.Process(program.process.pid)
        program.wait_for(r" fps \(capture", 120)
        child = inference(process)
        assert child is not None
        start = time.monotonic()
        child.send_signal(number)
        program.wait_for("nothing is detected until it is started again", 60)
        before = looked(report, process)
        while looked(report, process) <= before:
            assert time.monotonic() - start < 60, program.text()
        back = time.monotonic() - start
        time.sleep(2)
        last = inference(process)
        assert last is not None
        assert last.pid != child.pid
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(timeout=20) == 0, program.text()
        assert not psutil.pid_exists(last.pid)
    print(f"{isolate}, {number.name}: detection back after {back:.2f} s")
    assert back < 3
    (film,) = (kept / "continuous").rglob("*.mp4")
    with av.open(str(film)) as container:
        times = [float(frame.time) for frame in container.decode(video=0) if frame.time is not None]
    assert times[-1] > 4
    assert max(b - a for a, b in pairwise(times)) < 0.5
