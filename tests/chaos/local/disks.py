"""Small disks that can be filled, frozen, broken and pulled out. They need root."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.bed import Bed, Missing


def memory_disk(bed: Bed, size: str) -> Path:
    """A disk in memory, mounted until the end of the case.

    Args:
        bed: whose it is.
        size: as tmpfs(5) has it: ``24m``.
    """
    folder = bed.folder / "disk"
    folder.mkdir()
    mount(bed, folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")
    return folder


@dataclass(frozen=True, slots=True)
class Card:
    """A disk with an ext4 file system.

    Attributes:
        device: its loop device.
        folder: where it is mounted.
    """

    device: str
    folder: Path

    def fail(self) -> None:
        """Have the file system find a fault: it turns read-only, as that of a worn-out card does."""
        if not self._fault.exists():
            raise Missing("an ext4 that can be made to fail (/sys/fs/ext4/*/trigger_fs_error)")
        self._fault.write_text("1")

    @property
    def in_use(self) -> bool:
        """Whether it is mounted, or unmounted with files open on it."""
        return self._fault.exists()

    @property
    def _fault(self) -> Path:
        return Path("/sys/fs/ext4", Path(self.device).name, "trigger_fs_error")

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """While this lasts, whoever writes to it waits."""
        _do("fsfreeze", "-f", self.folder)
        try:
            yield
        finally:
            _do("fsfreeze", "-u", self.folder)


def card(bed: Bed, megabytes: int) -> Card:
    """A disk with ext4, mounted with ``errors=remount-ro`` until the end of the case."""
    image, folder = bed.folder / "image", bed.folder / "disk"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    _do("mkfs.ext4", "-q", "-F", image)
    device = _do("losetup", "-f", "--show", image)
    bed.stack.callback(subprocess.run, ["losetup", "-d", device], check=False)
    mount(bed, folder, "-o", "errors=remount-ro", device)
    return Card(device, folder)


def mount(bed: Bed, folder: Path, *words: str) -> None:
    """Mount something on a folder until the end of the case. Raises Missing where that isn't allowed."""
    if os.geteuid() != 0:
        raise Missing("root, to mount a small disk")
    _do("mount", *words, folder)
    bed.stack.callback(unmount, folder)


def unmount(folder: Path) -> None:
    """Take away whatever is mounted on a folder, whoever uses it."""
    while folder.is_mount():
        subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """While this lasts, something else takes every byte there is on a disk, and every byte that becomes free."""
    stop, ballast = threading.Event(), disk / "ballast"

    def fill() -> None:
        with ballast.open("ab", buffering=0) as file:
            while not stop.is_set():
                try:
                    file.write(bytes(1 << 16))
                except OSError:
                    with contextlib.suppress(OSError):
                        file.write(bytes(1 << 12))
                    stop.wait(0.02)

    thread = threading.Thread(target=fill)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        ballast.unlink()


def _do(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"{command[0]}: {' '.join(done.stderr.split())}")
    return done.stdout.strip()
