"""A camera that keeps what happens: the whole program, on film."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from tests.places import shared

FILM = "data/videos/one-by-one-person-detection.mp4"
"""Ten frames a second; the first walker is in view from 6.0 to 19.8 s."""


def edgedet(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "edgedet", *map(str, words)]


def test_a_walker_is_one_event_with_a_clip_that_begins_before(tmp_path: Path) -> None:
    run = edgedet(
        "run", "--source", shared(FILM), "--as-fast", "--frames", 215, "--no-web", "--storage", tmp_path / "kept"
    )
    subprocess.run(run, check=True, capture_output=True, timeout=300, cwd=tmp_path)
    listed = subprocess.run(
        edgedet("events", "list", "--json", "--storage", tmp_path / "kept"), check=True, capture_output=True, text=True
    )
    (event,) = json.loads(listed.stdout)
    assert (event["label"], event["phase"]) == ("person", "end")
    assert event["begin"] == pytest.approx(6.1, abs=0.5)
    assert event["end"] == pytest.approx(19.5, abs=0.7)
    clip = event["files"]["clip"]
    assert clip["begin"] <= event["begin"] - 5
    assert clip["begin"] + clip["seconds"] >= min(event["end"] + 5, 21.4) - 0.5
    with av.open(clip["path"]) as film:
        frames = [frame.time for frame in film.decode(video=0)]
        assert frames[-1] - frames[0] == pytest.approx(clip["seconds"], abs=0.5)
        film.seek(int(5 * av.time_base))
        assert next(film.decode(video=0)).time == pytest.approx(5, abs=2.1)


def test_what_was_told_is_there_after_a_kill(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = edgedet("run", "--no-web", "--storage", kept)
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stderr is not None
        told = next(line for line in process.stderr if ", event " in line).split()[-1]
        time.sleep(2)
        process.send_signal(signal.SIGKILL)
    subprocess.run(
        edgedet("run", "--no-web", "--storage", kept, "--frames", 3), check=True, capture_output=True, cwd=tmp_path
    )
    with sqlite3.connect(kept / "edgedet.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    listed = subprocess.run(edgedet("events", "list", "--json", "--storage", kept), check=True, capture_output=True)
    found = {event["id"]: event for event in json.loads(listed.stdout)}
    assert found[told]["phase"] == "end"
    with av.open(found[told]["files"]["clip"]["path"]) as film:
        assert sum(1 for _ in film.decode(video=0)) > 0


def test_a_second_recorder_into_the_same_folder_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = edgedet("run", "--no-web", "--storage", kept)
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as first:
        assert first.stderr is not None
        next(line for line in first.stderr if "recording" in line)
        second = subprocess.run([*words, "--seconds", "2"], capture_output=True, text=True, timeout=60, cwd=tmp_path)
        first.terminate()
        first.stderr.read()
    assert second.returncode == 2
    assert f"process {first.pid} records into this folder" in second.stderr


def test_changed_rules_are_taken_over_and_bad_ones_refused(tmp_path: Path) -> None:
    settings = tmp_path / "edgedet.toml"
    settings.write_text("[mjpeg]\nenabled = false\n[rules.person]\nhits = 3\n")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    with subprocess.Popen(edgedet("run"), stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment) as process:
        assert process.stderr is not None
        next(line for line in process.stderr if " fps " in line)
        answers = []
        for text in ("hits = 1\nthreshold = 0.9\n", "hits = 99\n"):
            settings.write_text(f"[mjpeg]\nenabled = false\n[rules.person]\n{text}")
            answers.append(
                subprocess.run(edgedet("reload"), capture_output=True, text=True, cwd=tmp_path, env=environment)
            )
        assert process.poll() is None
        process.terminate()
        said = process.stderr.read()
    assert answers[0].returncode == 0, answers[0].stderr
    assert "rules.person.threshold" in answers[0].stdout
    assert answers[1].returncode == 2
    assert "edgedet.toml:4" in answers[1].stderr
    assert "applied" in said
