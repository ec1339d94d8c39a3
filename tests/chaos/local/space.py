"""The disk is full: detection goes on, the oldest makes room, what happened is kept in the end."""

from __future__ import annotations

import shutil
import time

from tests.chaos.bed import Bed
from tests.chaos.case import case
from tests.chaos.local.disk import AREA, BACK
from tests.chaos.local.disks import filled, memory_disk
from tests.chaos.local.kept import all_kept, with_clips
from tests.chaos.local.running import detects, ends, more_over, more_told, over, runs, told
from tests.chaos.local.station import station


@case(
    "disk-full",
    area=AREA,
    fault="something else takes every free byte for 10 s",
    promise="detection goes on, the log says so; what happened meanwhile is kept once there is room",
    within=180,
)
def full(bed: Bed) -> str:
    disk = memory_disk(bed, "48m")
    camera = station(bed, disk / "kept")
    program = camera.run()
    more_over(program, 1)
    before = len(told(program))
    with filled(disk):
        program.wait_for("the disk is full", 30)
        time.sleep(10)
        detects(camera, program)
    program.wait_for(BACK, 60)
    more_over(program, 1)
    ends(program)
    names = told(program)
    found = all_kept(camera, names[before:])
    return (
        f"{len(names)} events told; all {len(names) - before} since the disk was full kept, {with_clips(found)} clips"
    )


@case(
    "disk-no-room-at-start",
    area=AREA,
    fault="less room than the database needs, and nothing that could be deleted",
    promise="detection begins all the same, and says why nothing is kept",
    within=180,
)
def no_room(bed: Bed) -> str:
    disk = memory_disk(bed, "64k")
    camera = station(bed, disk / "kept")
    program = camera.run()
    runs(program)
    more_told(program, 1)
    detects(camera, program)
    text = ends(program)
    assert "the disk is full; make room" in text, text
    return f"{len(told(program))} events told, the log: the disk is full; make room"


@case(
    "disk-no-room-for-log",
    area=AREA,
    fault="events fill the disk, the database's write-ahead log (WAL) finds no room at the next start",
    promise="the oldest unprotected events make room, recording goes on",
    within=180,
)
def no_room_for_wal(bed: Bed) -> str:
    disk = memory_disk(bed, "12m")
    camera = station(bed, disk / "kept")
    program = camera.run()
    more_over(program, 3)
    ends(program)
    before = camera.events()
    (disk / "ballast").write_bytes(bytes(max(0, shutil.disk_usage(disk).free - (64 << 10))))
    program = camera.run()
    runs(program)
    program.wait_for("the oldest recordings deleted", 20)
    (disk / "ballast").unlink()
    more_over(program, 1)
    ends(program)
    found = all_kept(camera, over(program)[-1:])
    gone = sorted(before.keys() - found.keys())
    assert gone == sorted(before)[: len(gone)], "others than the oldest went"
    return f"{len(gone)} of {len(before)} events made room, the oldest; then {len(found) - len(before) + len(gone)} new"
