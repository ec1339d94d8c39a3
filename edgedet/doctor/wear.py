"""How worn the card is, as far as it tells, and what the settings let be written to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.mounts import block_device, disk_of
from edgedet.doctor.permission import is_folder, is_there

OLD = 9
"""``life_time`` in steps of a tenth of what the memory was made for; the last two are a warning."""
SHORT_YEARS = 2.0
"""A card that will be worn sooner, at what is written now, is told of."""
_REPLACE = "back up /etc/edgedet and the events, and write a new card, of the endurance kind, with Raspberry Pi Imager"
_FSCK = "back up, then add fsck.mode=force to the line in /boot/firmware/cmdline.txt and reboot"
_RESERVE = {2: "80 %", 3: "90 %"}


def wear(context: Context) -> Iterator[Finding]:
    """What the memory says of itself, the file system's errors, and how long it lasts if things go on like this."""
    path = context.config.storage.path
    place = path if path is not None and is_folder(path) else Path("/")
    partition = block_device(context, place)
    if partition is None:
        yield note(f"{place} isn't on a disk of its own that could tell")
    else:
        yield _health(disk_of(partition))
        yield from _errors(context, partition)
    if path is not None and is_folder(path):
        yield from _projected(context, path)


def _health(disk: Path) -> Finding:
    """Of an eMMC: JESD84-B50, EXT_CSD 267 to 269; SD cards don't tell, and nor do most sticks."""
    used = [int(word, 0) for word in _words(disk / "device/life_time")]
    reserve = [int(word, 0) for word in _words(disk / "device/pre_eol_info")]
    name = disk.name
    if reserve and reserve[0] in _RESERVE:
        return error(f"{name}: {_RESERVE[reserve[0]]} of its spare blocks are used up", _REPLACE)
    most = max(used, default=0)
    if most > OLD:
        return warning(f"{name}: 90 % or more of its life is used up", _REPLACE)
    if most:
        return ok(f"{name}: at most {most * 10} % of its life is used up")
    return note(f"{name}: doesn't tell how worn it is")


def _errors(context: Context, partition: Path) -> Iterator[Finding]:
    """ext4 counts what it met since the last fsck; see ``Documentation/ABI/testing/sysfs-fs-ext4``."""
    count = context.number(f"sys/fs/ext4/{partition.name}/errors_count")
    if count:
        yield error(
            f"{partition.name}: the file system met {count} error{'s' if count > 1 else ''}",
            f"{_FSCK}; if they come again: {_REPLACE}",
        )


def _projected(context: Context, path: Path) -> Iterator[Finding]:
    from edgedet.errors import EdgedetError
    from edgedet.events.places import Places
    from edgedet.events.store.budget import daily_bytes, wear
    from edgedet.events.store.database import reading
    from edgedet.events.store.disk import total_bytes

    retention, file = context.config.retention, Places(path).database
    if not is_there(file):
        return
    try:
        with reading(file) as db:
            daily = daily_bytes(db, context.host.now().date())
        life = wear(daily, retention.card_tbw, total_bytes(path))
    except (EdgedetError, sqlite3.Error, OSError):
        return  # the database's own check tells
    per_day = f"{life.bytes_per_day / 1e9:.2f} GB are written a day"
    assumed = ", by a guess from its size" if life.assumed else ""
    if life.years < SHORT_YEARS:
        limit = max(0.1, life.endurance / (SHORT_YEARS * 2 * 365.25) / 1e9)
        yield warning(
            f"{per_day}: the card will be worn in {life.years:.1f} years{assumed}",
            f"set retention.write_gb_per_day = {limit:.1f}, or record.continuous = false",
        )
    elif life.bytes_per_day:
        yield ok(f"{per_day}: good for {min(life.years, 99):.0f} years or more{assumed}")


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
