"""The database is damaged, or not one: recording begins, and what is on the disk is found again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.local.kept import all_kept, with_clips
from tests.chaos.local.running import detects, ends, more_over, more_told, over, runs
from tests.chaos.local.station import station

AREA = "store"


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
