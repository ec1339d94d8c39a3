"""The whole program, killed again and again: what it told of is there, with its film, and nothing else is."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import time
from pathlib import Path
from typing import Any

import av
import pytest

from edgedet.events.places import Places
from tests.e2e.program import edgedet, running

KILLS = int(os.environ.get("TEST_KILLS", "50"))
TOLD = re.compile(r"\(\d\.\d\d\), event (\S+)")


def read(kept: Path) -> dict[str, dict[str, Any]]:
    listed = edgedet("events", "list", "--json", "--storage", kept)
    assert listed.returncode == 0, listed.stderr
    return {event["id"]: event for event in json.loads(listed.stdout)}


def plays(clip: Path) -> bool:
    with av.open(clip) as film:
        return sum(1 for _ in film.decode(video=0)) > 0


def assert_sound(kept: Path, told: set[str], played: set[str]) -> None:
    """What was told is there with a clip that plays; what lies on the disk is in the database, and the reverse."""
    with sqlite3.connect(f"file:{kept / 'edgedet.db'}?mode=ro", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = read(kept)
    assert told <= found.keys(), told - found.keys()
    for name, event in found.items():
        if name in told - played:
            assert "clip" in event["files"], event
            assert plays(Path(event["files"]["clip"]["path"])), event
            played.add(name)
    rows = {file["path"] for event in found.values() for file in event["files"].values()}
    rows |= {str(Places(kept).sidecar(name)) for name in found}
    disk = {str(path) for path in (kept / "events").rglob("*") if path.is_file()}
    assert rows == disk


@pytest.mark.slow
def test_kills_of_the_whole_program(tmp_path: Path) -> None:
    seed = int(os.environ.get("TEST_SEED", time.time()))
    print(f"TEST_SEED={seed}")
    choose, kept = random.Random(seed), tmp_path / "kept"
    settings = tmp_path / "edgedet.toml"
    settings.write_text(
        f'[storage]\npath = "{kept}"\n[mjpeg]\nenabled = false\n'
        "[record]\npre_roll = 1\npost_roll = 1\n[rules.person]\nleave = 0.3\n"
    )
    told: set[str] = set()
    played: set[str] = set()
    for _ in range(KILLS):
        with running(tmp_path, "--config", settings) as program:
            program.wait_for(" threads", 20)
            time.sleep(choose.uniform(0.2, 8))
            program.process.kill()
            program.process.wait()
            new = set(TOLD.findall(program.text()))
        assert edgedet("run", "--config", settings, "--frames", 1).returncode == 0
        told |= new
        assert_sound(kept, told, played)
    print(f"{KILLS} kills, {len(told)} events told of, {len(played)} clips play")
    assert len(told) > KILLS // 2
