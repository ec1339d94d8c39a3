"""The disk is read-only, slow, broken, gone: detection goes on, what happened is kept in the end."""

from __future__ import annotations

import subprocess
import time

from tests.chaos.bed import Bed, within
from tests.chaos.case import case
from tests.chaos.local.disks import Card, card, memory_disk, mount, unmount
from tests.chaos.local.kept import all_kept, with_clips
from tests.chaos.local.running import detects, ends, more_over, more_told, told
from tests.chaos.local.station import station
from tests.e2e.program import Running

AREA = "disk"
BACK = "the storage works again"


@case(
    "disk-read-only-at-start",
    area=AREA,
    fault="the folder is read-only at the start, and writable 8 s later",
    promise="detection begins at once; recording begins by itself, the events of before are kept",
    within=180,
)
def read_only_at_start(bed: Bed) -> str:
    disk = memory_disk(bed, "64m")
    mount(bed, disk, "--bind", str(disk))
    subprocess.run(["mount", "-o", "remount,ro,bind", disk], check=True)
    camera = station(bed, disk / "kept")
    program = camera.run()
    program.wait_for("read-only", 20)
    more_told(program, 1)
    time.sleep(4)
    subprocess.run(["mount", "-o", "remount,rw,bind", disk], check=True)
    program.wait_for(BACK, 60)
    more_over(program, 1)
    ends(program)
    found = all_kept(camera, told(program))
    return f"{len(told(program))} events told, all kept, {with_clips(found)} with a clip"


@case(
    "disk-fails",
    area=AREA,
    fault="ext4 finds a fault and turns read-only (errors=remount-ro); unmounted, checked, mounted again",
    promise="detection goes on; what happened meanwhile is held and kept when the disk is back",
    within=180,
)
def fails(bed: Bed) -> str:
    disk = card(bed, 96)
    camera = station(bed, disk.folder / "kept")
    program = camera.run()
    more_over(program, 1)
    disk.fail()
    program.wait_for("events are held in memory", 40)
    more_told(program, 1)
    detects(camera, program)
    _mend(bed, disk, program)
    program.wait_for(BACK, 60)
    more_over(program, 2)
    ends(program)
    found = all_kept(camera, told(program))
    return f"{len(told(program))} events told, all kept, {with_clips(found)} with a clip"


def _mend(bed: Bed, disk: Card, program: Running) -> None:
    subprocess.run(["umount", "-l", disk.folder], check=True)
    within(90, lambda: not disk.in_use, "everything there is closed")
    subprocess.run(["e2fsck", "-fy", disk.device], capture_output=True, check=False)
    mount(bed, disk.folder, disk.device)


@case(
    "disk-frozen",
    area=AREA,
    fault="every write waits for 10 s (fsfreeze), as on a card that tidies up",
    promise="no frame waits for the disk; nothing that was told is missing afterwards",
    within=180,
)
def frozen(bed: Bed) -> str:
    disk = card(bed, 96)
    camera = station(bed, disk.folder / "kept")
    program = camera.run()
    more_over(program, 1)
    before = camera.looked()
    time.sleep(5)
    usual = (camera.looked() - before) * 2
    before = camera.looked()
    with disk.frozen():
        time.sleep(10)
    looked = camera.looked() - before
    more_over(program, 2)
    ends(program)
    assert looked >= usual / 2, f"only {looked} frames were looked at in the 10 s, {usual} are usual"
    found = all_kept(camera, told(program))
    return (
        f"{looked} frames looked at in the 10 s; {len(told(program))} events told, all kept, {with_clips(found)} clips"
    )


@case(
    "disk-pulled",
    area=AREA,
    fault="the disk is unmounted while it records (umount -l), and mounted again after some events",
    promise="nothing is written to the folder underneath; all events are kept when it is back",
    within=180,
)
def pulled(bed: Bed) -> str:
    disk = card(bed, 96)
    camera = station(bed, disk.folder / "kept")
    program = camera.run()
    more_over(program, 1)
    subprocess.run(["umount", "-l", disk.folder], check=True)
    program.wait_for("events are held in memory", 40)
    more_told(program, 1)
    assert not list(disk.folder.iterdir()), "something was written underneath"
    mount(bed, disk.folder, disk.device)
    program.wait_for(BACK, 60)
    more_over(program, 1)
    ends(program)
    unmount(disk.folder)
    assert not list(disk.folder.iterdir()), "something was written underneath"
    mount(bed, disk.folder, disk.device)
    found = all_kept(camera, told(program))
    return f"{len(told(program))} events told, all kept, {with_clips(found)} clips; nothing underneath"
