"""Somebody's hand in the folder of the events, and limits on files."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

from tests.chaos.bed import Bed, descriptors
from tests.chaos.case import case
from tests.chaos.local.disk import BACK
from tests.chaos.local.kept import all_kept, with_clips
from tests.chaos.local.running import detects, ends, exits, more_over, more_told, over, runs, told
from tests.chaos.local.station import station

AREA = "files"


@case(
    "folder-removed",
    area=AREA,
    fault="the whole storage folder is deleted while it records",
    promise="detection goes on, the log says what is gone; the next start records into a new one",
    within=180,
)
def folder_removed(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 1)
    _remove(camera.kept)
    program.wait_for("events are held in memory", 30)
    more_told(program, 1)
    detects(camera, program)
    ends(program)
    _remove(camera.kept)
    program = camera.run()
    more_over(program, 1)
    ends(program)
    all_kept(camera, over(program))
    return "events were told on; the next start recorded again"


@case(
    "folder-emptied",
    area=AREA,
    fault="everything in the storage folder is deleted while it records, the database too",
    promise="detection goes on; what happens afterwards is there after the next start at the latest",
    within=180,
)
def folder_emptied(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 1)
    for each in camera.kept.iterdir():
        _remove(each)
    before = len(told(program))
    more_over(program, 2)
    detects(camera, program)
    ends(program)
    names = [name for name in over(program) if name in told(program)[before:]]
    program = camera.run("--frames", "1")
    assert exits(program, 30) == 0, program.text()
    found = all_kept(camera, names)
    return f"all {len(names)} later events kept, {with_clips(found)} clips"


@case(
    "clip-removed",
    area=AREA,
    fault="a clip and a whole event are deleted by hand while it records",
    promise="nothing stumbles over it; the next start's list says what is really there",
    within=180,
)
def clip_removed(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 3)
    time.sleep(2)
    first, second = over(program)[:2]
    Path(camera.events()[first]["files"]["clip"]["path"]).unlink()
    _remove(next((camera.kept / "events").glob(f"*/{second}")))
    more_over(program, 1)
    ends(program)
    program = camera.run("--frames", "1")
    assert exits(program, 30) == 0, program.text()
    found = all_kept(camera, [first])
    assert "clip" not in found[first]["files"], "the list names a clip that is gone"
    assert second not in found, "the list names an event that is gone"
    return "the event without its clip is listed so, the deleted one no more"


@case(
    "file-size-limit",
    area=AREA,
    fault="no file may grow beyond 150 kB (ulimit -f, a quota)",
    promise="detection goes on, the log says what can't be written",
    within=180,
)
def size_limit(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run("--jsonl", "", prefix=["prlimit", "--fsize=150000", "--"])
    runs(program)
    more_told(program, 4)
    before = len(told(program))
    assert "File too large" in program.text() or "too large" in program.text(), program.text()
    text = ends(program)
    said = [line for line in text.splitlines() if "too large" in line.lower()]
    assert len(said) < 20, f"said {len(said)} times"
    return f"{before} events told; said {len(said)} times"


@case(
    "no-descriptors",
    area=AREA,
    fault="no further file can be opened for 10 s (EMFILE), from one moment to the next",
    promise="detection goes on; recording comes back by itself, all that was told is kept",
    within=180,
)
def no_descriptors(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 1)
    pid, few = program.process.pid, descriptors(program.process)
    limit = subprocess.run(
        ["prlimit", "--pid", str(pid), "--nofile", "--output=SOFT", "--noheadings"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    subprocess.run(["prlimit", "--pid", str(pid), f"--nofile={few - 4}:"], check=True)
    time.sleep(5)
    more_told(program, 1)
    detects(camera, program)
    time.sleep(5)
    subprocess.run(["prlimit", "--pid", str(pid), f"--nofile={limit}:"], check=True)
    if "events are held in memory" in program.text():
        program.wait_for(BACK, 60)
    more_over(program, 2)
    text = ends(program)
    found = all_kept(camera, told(program))
    said = sum("Too many open files" in line or "too many open files" in line for line in text.splitlines())
    return f"{len(told(program))} events told, all kept, {with_clips(found)} with a clip; said {said} times"


def _remove(path: Path) -> None:
    """Away with it, though somebody may be writing into it."""
    while path.exists():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
