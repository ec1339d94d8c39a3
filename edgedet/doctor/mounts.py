"""The file system that a folder is on, and the disk below it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from edgedet.doctor.context import Context


@dataclass(frozen=True, slots=True)
class Mount:
    """A line of ``/proc/self/mountinfo``, see ``proc_pid_mountinfo(5)``.

    Attributes:
        point: where it is mounted.
        kind: of file system, ``ext4``; ``unknown`` without ``/proc``.
        device: what is mounted, ``/dev/mmcblk0p2``.
        read_only: whether nothing can be written.
    """

    point: str
    kind: str
    device: str
    read_only: bool


def mount_of(context: Context, path: Path) -> Mount:
    """The file system a path is on."""
    where = path.resolve()
    best = Mount("/", "unknown", "", read_only=False)
    for line in (context.text("proc/self/mountinfo") or "").splitlines():
        left, _, right = line.partition(" - ")
        mine, super_block = left.split(), right.split()
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), mine[4])
        if where.is_relative_to(point) and len(point) >= len(best.point):
            options = [*mine[5].split(","), *super_block[2].split(",")]
            best = Mount(point, super_block[0], super_block[1], "ro" in options)
    return best


def block_device(context: Context, path: Path) -> Path | None:
    """The folder in ``/sys`` of the partition or disk that a path is on; None: it is on none."""
    number = path.stat().st_dev
    folder = context.root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
    return folder.resolve() if folder.exists() else None


def disk_of(partition: Path) -> Path:
    """The folder of the whole disk; see ``Documentation/ABI/stable/sysfs-block``."""
    return partition.parent if (partition / "partition").exists() else partition
