"""The whole program on a disk that is far too small, and fails: detection never stops, recording comes back."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
import pytest

from edgedet.events.store.disk import free_bytes
from tests.e2e.program import Running, edgedet, running
from tests.e2e.test_kills import TOLD
from tests.places import shared

FRAMES = int(os.environ.get("TEST_DISK_FRAMES", "72000"))
"""Two hours of film, ten frames a second."""
RESERVE = 16.0
"""MB that are to stay free."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk"),
]


def settings_of(kept: Path, folder: Path) -> Path:
    """The walkers' film, round and round, as fast as it goes, kept on a small disk."""
    file = folder / "edgedet.toml"
    file.write_text(
        f'[source]\nuri = "{shared("data/videos/one-by-one-person-detection.mp4")}"\nloop = true\nas_fast = true\n'
        f'[model]\npath = "starter-256"\nthreads = 1\n[storage]\npath = "{kept}"\n[mjpeg]\nenabled = false\n'
        f"[retention]\nmin_free_mb = {RESERVE}\n[monitor]\ninterval = 1\n"
    )
    return file


def mounted(*words: str | Path) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"may not mount a small disk here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    yield folder
    while folder.is_mount():
        device = subprocess.run(["findmnt", "-no", "SOURCE", folder], capture_output=True, text=True).stdout.strip()
        subprocess.run(["umount", "-l", folder], check=True)
        if device.startswith("/dev/loop"):
            subprocess.run(["losetup", "-d", device], check=True)


def events_in(kept: Path) -> list[dict[str, Any]]:
    listed = edgedet("events", "list", "--json", "--storage", kept)
    assert listed.returncode == 0, listed.stderr
    found: list[dict[str, Any]] = json.loads(listed.stdout)
    return found


def plays(event: dict[str, Any]) -> bool:
    clip = event["files"].get("clip")
    if clip is None:
        return False
    with av.open(clip["path"]) as film:
        return sum(1 for _ in film.demux(video=0)) > 10


def test_two_hours_on_a_disk_of_64_mb(disk: Path, tmp_path: Path) -> None:
    mounted("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk))
    kept, lowest = disk / "kept", free_bytes(disk)
    with running(tmp_path, "--config", settings_of(kept, tmp_path), "--frames", FRAMES) as program:
        process, memory = psutil.Process(program.process.pid), list[float]()
        while program.process.poll() is None:
            lowest = min(lowest, free_bytes(disk))
            with contextlib.suppress(psutil.Error):
                memory.append(process.memory_info().rss / 2**20)
            time.sleep(0.2)
        text = program.text()
    assert program.process.returncode == 0, text[-3000:]
    told = TOLD.findall(text)
    left = events_in(kept)
    names = [event["id"] for event in left]
    hours = np.linspace(0, FRAMES / 36000, len(memory))
    settled = hours > hours[-1] / 2  # until then the holes that clips and pictures leave in memory find their sizes
    slope = np.polyfit(hours[settled], np.array(memory)[settled], 1)[0]
    print(
        f"{len(told)} events, {len(names)} left, at least {lowest / 1e6:.1f} MB were free; "
        f"RSS {np.median(memory[len(memory) // 2 :]):.1f} MB in the second half, {slope:+.2f} MB an hour"
    )
    assert len(told) > 6 * FRAMES / 1394 * 0.8
    assert names == sorted(told)[-len(names) :], "the oldest went first"
    assert len(names) > 5, "as many as there is room for"
    assert all(plays(event) for event in left), "none was lost while it was written"
    assert "recording waits" not in text
    assert lowest > 1e6, "a film so much faster than time fills it faster than it is looked after"
    assert slope < 1


def lines_in(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for _ in lines)


def until(condition: Callable[[], object], seconds: float, program: Running) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert program.process.poll() is None, program.text()[-3000:]
        assert time.monotonic() < deadline, program.text()[-3000:]
        time.sleep(0.2)


def loop_device(image: Path) -> str:
    made = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"may not make a loop device here: {made.stderr.strip()}")
    return made.stdout.strip()


def test_a_disk_that_turns_read_only_under_the_program_and_comes_back(disk: Path, tmp_path: Path) -> None:
    image, kept, lines = tmp_path / "image", disk / "kept", tmp_path / "found.jsonl"
    with image.open("wb") as file:
        file.truncate(96 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    mounted("-o", "errors=remount-ro", loop := loop_device(image), disk)
    fault = Path("/sys/fs/ext4", Path(loop).name, "trigger_fs_error")
    if not fault.exists():
        pytest.skip("this kernel's ext4 can't be made to fail")
    with running(tmp_path, "--config", settings_of(kept, tmp_path), "--jsonl", lines) as program:
        until(lambda: len(TOLD.findall(program.text())) >= 3, 120, program)
        before = set(TOLD.findall(program.text()))
        fault.write_text("1")  # as a worn-out card does: files are open, and nothing can be written any more
        program.wait_for("recording waits", 60)
        frames, told = lines_in(lines), len(TOLD.findall(program.text()))
        until(lambda: len(TOLD.findall(program.text())) >= told + 3, 120, program)
        assert lines_in(lines) - frames > 200, "detection goes on, and events are told of"
        subprocess.run(["umount", "-l", disk], check=True)
        until(lambda: not fault.exists(), 60, program)  # it has let go of everything there
        subprocess.run(["e2fsck", "-fy", loop], capture_output=True)
        mounted(loop, disk)
        program.wait_for("recording goes on", 60)
        told = len(TOLD.findall(program.text()))
        until(lambda: len(TOLD.findall(program.text())) >= told + 4, 120, program)
        program.process.send_signal(signal.SIGTERM)
        program.process.wait(timeout=90)
        text = program.text()
    assert program.process.returncode == 0, text[-3000:]
    every, found = TOLD.findall(text), {event["id"]: event for event in events_in(kept)}
    missing = set(every) - found.keys()
    print(f"{len(every)} events told of, {len(missing)} not kept: {missing}")
    assert before <= found.keys()
    assert not missing, "those of the time without a disk were held in memory"
    assert all(plays(found[name]) for name in every[-4:-1]), "recording has resumed by itself"
