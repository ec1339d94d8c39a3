"""The database is damaged or held while it records, or gone along with some events' own files."""

from __future__ import annotations

import sqlite3
import time

from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.local.database import AREA
from tests.chaos.local.kept import all_kept, with_clips
from tests.chaos.local.running import detects, ends, exits, more_over, told
from tests.chaos.local.station import station


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
