"""Where events are kept: the folder, the room in it, and the database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.mounts import mount_of
from edgedet.doctor.permission import is_folder, is_there, may, out_of_reach

UNSUITED = {
    "vfat": "has no rights, and loses files when the power fails",
    "exfat": "has no rights, and loses files when the power fails",
    "nfs": "is in the network, where SQLite's locks don't hold",
    "nfs4": "is in the network, where SQLite's locks don't hold",
    "cifs": "is in the network, where SQLite's locks don't hold",
    "smb3": "is in the network, where SQLite's locks don't hold",
    "fuse.sshfs": "is in the network, where SQLite's locks don't hold",
    "tmpfs": "is in memory: all of it is gone at the next boot",
}
"""File systems that events shouldn't be kept on, and why (https://sqlite.org/wal.html, https://sqlite.org/faq.html)."""
_UNSET = "nothing is kept: storage.path isn't set"
_MANY = 100_000_000
"""Bytes of a database from which on looking through it may take longer than anybody waits for."""


def folder(context: Context) -> Finding:
    """The folder is there, and whoever runs the camera may write into it."""
    path = context.config.storage.path
    if path is None:
        return note(_UNSET, "set storage.path to a folder")
    if unknown := out_of_reach(context, path):
        return unknown
    user = context.user or "$USER"
    standing = _standing(path)
    if standing is None or (standing == path and not is_folder(path)):
        return error(f"{path}: not a folder", "set storage.path to a folder")
    if not (may(context, standing, "w") and may(context, standing, "x")):
        below = "" if standing == path else f", so {path} can't be made"
        return error(f"{standing}: {user} may not write there{below}", f"sudo install -d -o {user} -g {user} {path}")
    mount = mount_of(context, standing)
    if mount.read_only:
        return error(
            f"{path}: {mount.point} is read-only",
            f"sudo mount -o remount,rw {mount.point}; if that fails, sudo dmesg tells why",
        )
    if why := UNSUITED.get(mount.kind):
        return warning(f"{path}: {mount.kind} {why}", "set storage.path to a folder on ext4")
    return ok(f"{path}, on {mount.kind}" + (": will be made" if standing != path else ""))


def space(context: Context) -> Iterator[Finding]:
    """What is free, beside what the settings for retention want."""
    config = context.config
    path, retention = config.storage.path, config.retention
    place = _standing(path) if path is not None else Path.home() if Path.home().exists() else Path("/")
    if place is None:
        yield note("storage.path leads nowhere")
        return
    try:
        disk = os.statvfs(place)
    except OSError as fault:
        yield out_of_reach(context, place) or error(
            f"{place}: can't be looked at: {fault.strerror}", "check storage.path"
        )
        return
    free, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    text = f"{free / 1e9:.1f} of {total / 1e9:.1f} GB free"
    if free < 50e6:
        yield error(f"{place}: {text}: nothing can be written", "make room: sudo apt clean; du -xh / | sort -h | tail")
    elif path is not None and free < retention.min_free_mb * 1e6:
        yield warning(
            f"{place}: {text}: less than retention.min_free_mb = {retention.min_free_mb:g}, so the oldest events go",
            "make room, or lower retention.min_free_mb",
        )
    else:
        yield ok(f"{place}: {text}")
    if disk.f_files and disk.f_favail < disk.f_files // 100:
        yield warning(f"{place}: the file system has hardly any inodes left", "delete small files, or make it anew")
    if path is not None and retention.max_gb * 1e9 > total:
        yield warning(
            f"retention.max_gb = {retention.max_gb:g} is more than the disk has",
            f"set retention.max_gb to {total / 1e9 * 0.8:.0f} or less",
        )


def database(context: Context) -> Finding:
    """The events' database is sound. It may be in use meanwhile."""
    path = context.config.storage.path
    if path is None:
        return note(_UNSET)
    from edgedet.errors import EdgedetError
    from edgedet.events.places import Places
    from edgedet.events.store.database import faults, reading

    file = Places(path).database
    if unknown := out_of_reach(context, file):
        return unknown
    if not is_there(file):
        return note(f"{file}: will be made at the first start")
    if file.stat().st_size > _MANY:
        return note(
            f"{file}: {file.stat().st_size / 1e6:.0f} MB are too many for a quick look",
            f"sqlite3 {file} 'PRAGMA quick_check'",
        )
    try:
        with reading(file) as db:
            found = faults(db)
    except (EdgedetError, sqlite3.Error) as fault:
        return error(f"{file}: {fault}", _rebuild(context))
    if found:
        return error(f"{file}: damaged: {found[0]}", _rebuild(context))
    return ok(f"{file}: sound, {file.stat().st_size / 1e6:.1f} MB")


def _rebuild(context: Context) -> str:
    restart = f"sudo systemctl restart {context.unit.name}" if context.unit.installed else "restart edgedet run"
    return f"{restart}: it sets a damaged database aside and rebuilds it from the events' folders"


def _standing(path: Path) -> Path | None:
    """The path itself, or the nearest folder above it that is there: it will be made in it."""
    for each in (path, *path.absolute().parents):
        try:
            each.lstat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:  # out of our reach; perhaps not out of the camera's
            return each
        return each if each == path or is_folder(each) else None
    return None
