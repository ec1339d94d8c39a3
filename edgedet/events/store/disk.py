"""Files that survive a power cut, on the disk they were meant for."""

from __future__ import annotations

import shutil
from pathlib import Path

from edgedet.disk import sync_folder
from edgedet.events.store.errors import StoreError

_FSTAB = Path("/etc/fstab")


def make_folder(folder: Path, root: Path) -> None:
    """Make a folder and those between ``root`` and it, for good: each new one costs a flush of its parent."""
    if folder == root or folder.is_dir():
        return
    make_folder(folder.parent, root)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def device_of(root: Path, fstab: Path = _FSTAB) -> int:
    """The number of the disk a store's root is on.

    Args:
        root: the folder.
        fstab: the table of the disks that are mounted by name.

    Raises:
        StoreError: the disk that should be mounted there isn't: what we wrote would fill the disk underneath.
        OSError: the folder isn't there.
    """
    device = root.stat().st_dev
    expected = _mount_point(root.resolve(), fstab)
    if expected is not None and not expected.is_mount():
        raise StoreError(f"{root}: nothing is mounted on {expected}; plug the disk in, or mount it")
    return device


def _mount_point(root: Path, fstab: Path) -> Path | None:
    try:
        lines = fstab.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    fields = [line.split() for line in lines if not line.lstrip().startswith("#")]
    points = [Path(each[1].replace("\\040", " ")) for each in fields if len(each) > 2 and each[1].startswith("/")]
    return max((point for point in points if point in (root, *root.parents)), key=lambda p: len(p.parts), default=None)


def free_bytes(root: Path) -> int:
    """What the user who runs this may still write there."""
    return shutil.disk_usage(root).free


def total_bytes(root: Path) -> int:
    """How much the disk holds in all."""
    return shutil.disk_usage(root).total
