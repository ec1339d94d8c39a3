"""The database is damaged, locked, gone: recording goes on, and what is on the disk is found again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.local.station import (
    all_kept,
    detects,
    ends,
    exits,
    more_over,
    more_told,
    over,
    runs,
    station,
    told,
    with_clips,
)

AREA = "store"
ASIDE = r"set aside as edgedet\.db\.corrupt-"


def _damaged_at_start(bed: Bed, damage: Callable[[Path], object]) -> str:
    """Record, damage the database, start again: all is there, and the old file too."""
    camera = station(bed)
    program = camera.run()
    more_over(program, 2)
    ends(program)
    before = camera.events()
    damage(camera.kept / "edgedet.db")
    program = camera.run()
    more_over(program, 1)
    text = ends(program)
    found = all_kept(camera, [*before, *over(program)])
    clips = with_clips(found)
    assert clips >= len(before), f"{clips} clips of {len(before)} events and more"
    aside = list(camera.kept.glob("edgedet.db.corrupt-*"))
    said = "set aside" in text
    assert bool(aside) == said, f"said so: {said}; kept: {aside}"
    return f"{len(before)} events found again, {clips} clips play; " + (
        "the old file is kept beside it" if aside else "nothing had to be set aside"
    )


@case(
    "database-random-pages",
    area=AREA,
    fault="random bytes in a third of the database's pages",
    promise="it is set aside and rebuilt from the events' own files",
    within=180,
)
def random_pages(bed: Bed) -> str:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        for page in range(0, len(content), 4096):
            if page == 4096 or bed.random.random() < 0.3:
                content[page : page + 256] = bed.random.randbytes(256)
        path.write_bytes(content)

    return _damaged_at_start(bed, damage)


@case(
    "database-truncated",
    area=AREA,
    fault="the database ends after its first 1.5 pages",
    promise="it is set aside and rebuilt from the events' own files",
    within=180,
)
def truncated(bed: Bed) -> str:
    return _damaged_at_start(bed, lambda path: path.write_bytes(path.read_bytes()[:6000]))


@case(
    "database-empty",
    area=AREA,
    fault="the database is a file of 0 bytes",
    promise="it is rebuilt from the events' own files",
    within=180,
)
def empty(bed: Bed) -> str:
    return _damaged_at_start(bed, lambda path: path.write_bytes(b""))


@case(
    "database-text",
    area=AREA,
    fault="the database is a text of somebody's",
    promise="it is set aside and rebuilt from the events' own files",
    within=180,
)
def text(bed: Bed) -> str:
    return _damaged_at_start(bed, lambda path: path.write_bytes(b"milk, bread, a new SD card\n" * 400))


@case(
    "database-log-garbage",
    area=AREA,
    fault="a write-ahead log (WAL) and index (SHM) of random bytes beside it",
    promise="starts; every event is there",
    within=180,
)
def log_garbage(bed: Bed) -> str:
    def damage(path: Path) -> None:
        path.with_name("edgedet.db-wal").write_bytes(bed.random.randbytes(100_000))
        path.with_name("edgedet.db-shm").write_bytes(bed.random.randbytes(32_768))

    return _damaged_at_start(bed, damage)


@case(
    "database-folder",
    area=AREA,
    fault="a folder stands where the database should be",
    promise="detection begins and events are told; the log names the folder",
    within=180,
)
def a_folder(bed: Bed) -> str:
    camera = station(bed)
    (camera.kept / "edgedet.db").mkdir(parents=True)
    program = camera.run()
    runs(program)
    more_told(program, 1)
    detects(camera, program)
    text = ends(program)
    said = [line for line in text.splitlines() if "detection begins without it" in line]
    assert len(said) == 1, text[:3000]
    return said[0].split(": ", 1)[-1].replace(str(bed.folder), "...")


@case(
    "database-damaged-while-running",
    area=AREA,
    fault="random bytes written over the open database",
    promise="recording comes back by itself; events before and after are there after the next start at the latest",
    within=180,
)
def damaged_while_running(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 2)
    path = camera.kept / "edgedet.db"
    with sqlite3.connect(path) as db:  # all of the log into the file, or the damage would be written over
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    with path.open("r+b") as file:
        for page in range(1, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(bed.random.randbytes(2048))
    more_over(program, 2)
    detects(camera, program)
    said = "damaged" in ends(program)
    names = told(program)
    program = camera.run("--frames", "1")
    assert exits(program, 40) == 0, program.text()
    found = all_kept(camera, names)
    return f"{'said so; ' if said else ''}all {len(names)} events kept, {with_clips(found)} clips"


@case(
    "database-locked",
    area=AREA,
    fault="another program holds the database for 15 s (BEGIN EXCLUSIVE)",
    promise="no frame waits; what happened meanwhile is kept when it is free",
    within=180,
)
def locked(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 1)
    before = camera.looked()
    time.sleep(5)
    usual = (camera.looked() - before) * 3
    other = sqlite3.connect(camera.kept / "edgedet.db", isolation_level=None, timeout=10)
    other.execute("BEGIN EXCLUSIVE")
    before = camera.looked()
    time.sleep(15)
    looked = camera.looked() - before
    other.execute("ROLLBACK")
    other.close()
    more_over(program, 2)
    ends(program)
    assert looked >= usual / 2, f"only {looked} frames in 15 s, {usual} are usual"
    found = all_kept(camera, told(program))
    frames = f"{looked} frames looked at in the 15 s ({usual} are usual)"
    return f"{frames}; {len(told(program))} events told, all kept, {with_clips(found)} clips"


@case(
    "sidecars-garbage",
    area=AREA,
    fault="an event's own file is garbage, another's is missing, and the database is gone",
    promise="starts; the others are found again, the broken one is left alone and named",
    within=180,
)
def sidecars(bed: Bed) -> str:
    camera = station(bed)
    program = camera.run()
    more_over(program, 4)
    ends(program)
    names = sorted(camera.events())
    folders = {folder.name: folder for folder in (camera.kept / "events").glob("*/*")}
    (folders[names[0]] / "event.json").write_bytes(bed.random.randbytes(300))
    for file in camera.kept.glob("edgedet.db*"):
        file.unlink()
    program = camera.run("--frames", "1")
    assert exits(program, 40) == 0, program.text()
    assert "left alone" in program.text(), program.text()
    found = all_kept(camera, names[1:])
    assert (folders[names[0]] / "clip.mp4").exists(), "the film of the broken one was deleted"
    return f"{len(names) - 1} of {len(names)} found again, {with_clips(found)} clips; the broken one is left alone"
