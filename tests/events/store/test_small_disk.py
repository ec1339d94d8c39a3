from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from edgedet.config.retention import RetentionConfig
from edgedet.events.store import Store, StoreError, StoreFull, keep, query
from edgedet.events.store.disk import device_of, free_bytes
from tests.events.store.made import BEGAN, REPAIRS, assert_consistent, event, keep_whole, write

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk")
LIMITS = RetentionConfig(min_free_mb=16)


def mount(folder: Path, size: str = "64m") -> None:
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if done.returncode:
        pytest.skip("may not mount a small disk here")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder)
    yield folder
    while folder.is_mount():
        subprocess.run(["umount", "-l", folder], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


def test_an_hour_of_events_stays_within_the_limits(disk: Path) -> None:
    now = [BEGAN]
    with Store(disk, LIMITS, clock=lambda: now[0]) as store:
        store.put(event(0, camera="yard"))  # goes on all the time
        marked = keep_whole(store, 1, size=1_000_000)
        keep(disk, [marked.id])
        gone: list[str] = []
        lowest = free_bytes(disk)
        for second in range(10, 3600, 15):
            now[0] = BEGAN + timedelta(seconds=second)
            store.put(event(second))
            gone += store.sweep().events
            assert event(second).id not in gone
            store.put(event(second, "end"))
            store.kept(write(store.places, event(second, "end"), "clip", 700_000))
            gone += store.sweep().events
            lowest = min(lowest, free_bytes(disk))
        left = [each.event.id for each in query(disk)]
        assert lowest > 15e6, "never more than an event under the limit"
        assert gone == sorted(gone), "the oldest first"
        assert len(gone) > 100
        assert left[:2] == [event(0, camera="yard").id, marked.id]
        assert max(gone) < min(left[2:])
        assert len(left) > 55, "as many as there is room for"
    with Store(disk, LIMITS):
        pass
    assert_consistent(disk)


def test_a_disk_that_turns_read_only_and_back(disk: Path) -> None:
    store = Store(disk, LIMITS)
    keep_whole(store, 1)
    store.close()  # nothing may be open for writing
    remount(disk, "ro")
    for _ in range(2):
        with pytest.raises(StoreError, match="read-only"):
            store.put(event(2))
    assert len(query(disk)) == 1, "and it can be read"
    remount(disk, "rw")
    keep_whole(store, 2)
    store.close()
    assert_consistent(disk)


def test_a_disk_with_a_fault_of_its_own(tmp_path: Path) -> None:
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(32 << 20)
    on = ["mount", "-o", "loop,errors=remount-ro", image, folder]
    if subprocess.run(["mkfs.ext4", "-q", image]).returncode or subprocess.run(on).returncode:
        pytest.skip("may not mount a disk image here")
    try:
        store = Store(folder, RetentionConfig(min_free_mb=1), clock=lambda: BEGAN)
        keep_whole(store, 1)
        device = subprocess.run(["findmnt", "-no", "SOURCE", folder], capture_output=True, text=True).stdout.strip()
        Path(f"/sys/fs/ext4/{Path(device).name}/trigger_fs_error").write_text("1")
        for _ in range(3):
            with pytest.raises(StoreError, match="the disk is read-only"):
                keep_whole(store, 2)
        assert len(query(folder)) == 1
        subprocess.run(["umount", folder], check=True)
        subprocess.run(["e2fsck", "-fy", image], capture_output=True)
        subprocess.run(on, check=True)
        keep_whole(store, 2)
        store.close()
        assert_consistent(folder)
        assert len(query(folder)) == 2
    finally:
        if folder.is_mount():
            subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_filled_by_somebody_else_costs_the_oldest_and_nothing_new(disk: Path) -> None:
    store = Store(disk, RetentionConfig(min_free_mb=1), repairs=REPAIRS, clock=lambda: BEGAN)
    for number in range(20):
        keep_whole(store, number, size=1_000_000)
    with contextlib.suppress(OSError), (disk / "foreign").open("wb") as file:
        while True:
            file.write(b"x" * 65536)
            file.flush()
    store.put(event(100), {"track": [1] * 10000})
    store.put(event(100, "end"), {"track": [1] * 10000})
    left = [each.event.track_id for each in query(disk)]
    assert left[-1] == 100
    assert left[:-1] == list(range(20 - len(left) + 1, 20))
    assert 15 < len(left) < 21
    store.close()
    assert_consistent(disk)


def test_a_full_disk_at_the_start_opens_all_the_same(disk: Path) -> None:
    store = Store(disk, LIMITS)
    for number in range(20):
        keep_whole(store, number, size=1_000_000)
    keep(disk, [event(0).id])
    store.close()
    with contextlib.suppress(OSError), (disk / "foreign").open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    with Store(disk, RetentionConfig(min_free_mb=1)) as again:
        again.put(event(100))
    left = [each.event.track_id for each in query(disk)]
    assert left[0] == 0, "what is marked isn't taken"
    assert left[-1] == 100
    assert left[1] > 1
    assert_consistent(disk)


def test_a_disk_full_of_other_things_is_reported(disk: Path) -> None:
    store = Store(disk, LIMITS)
    with contextlib.suppress(OSError), (disk / "foreign").open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    with pytest.raises(StoreFull, match="the disk is full; make room"):
        store.put(event(1))
    (disk / "foreign").unlink()
    keep_whole(store, 1)
    store.close()
    assert_consistent(disk)


def test_a_stick_that_is_pulled_and_comes_back(disk: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store = Store(disk, LIMITS)
    keep_whole(store, 1)
    subprocess.run(["mount", "--bind", disk, elsewhere], check=True)
    subprocess.run(["umount", "-l", disk], check=True)
    for _ in range(2):
        with pytest.raises(StoreError, match="the disk is gone"):
            store.put(event(2))
    assert list(disk.iterdir()) == [], "nothing is written where it isn't mounted"
    mount(disk)
    with pytest.raises(StoreError, match="this folder is empty"):
        store.put(event(2))
    subprocess.run(["umount", disk], check=True)
    subprocess.run(["mount", "--bind", elsewhere, disk], check=True)
    subprocess.run(["umount", elsewhere], check=True)
    keep_whole(store, 2)
    store.close()
    assert len(query(disk)) == 2
    assert_consistent(disk)


def test_another_stick_in_its_place_is_not_written_to(disk: Path, tmp_path: Path) -> None:
    store = Store(disk, LIMITS)
    keep_whole(store, 1)
    mount(disk)
    with Store(disk, LIMITS) as other:
        keep_whole(other, 5)
    with pytest.raises(StoreError, match="the disk is gone"):
        store.put(event(2))
    with pytest.raises(StoreError, match="another store than before"):
        store.put(event(2))
    assert [each.event.track_id for each in query(disk)] == [5]


def test_a_disk_that_should_be_mounted_and_is_not(disk: Path, tmp_path: Path) -> None:
    fstab = tmp_path / "fstab"
    fstab.write_text(f"# a comment\nproc /proc proc defaults 0 0\n/dev/sda1 {disk} ext4 nofail 0 2\n")
    inside = disk / "store"
    inside.mkdir()
    assert device_of(inside, fstab) == disk.stat().st_dev
    subprocess.run(["umount", disk], check=True)
    inside.mkdir()
    with pytest.raises(StoreError, match=f"nothing is mounted on {disk}"):
        device_of(inside, fstab)
