"""What lies in the folder of the recordings after a power cut, by whatever names: put in order, and nothing else."""

from __future__ import annotations

import functools
import shutil
import sqlite3
from pathlib import Path, PurePosixPath

from edgedet.events.places import Places
from edgedet.events.store.reconcile import reconcile
from edgedet.events.store.report import Repairs
from edgedet.events.store.schema import MIGRATIONS
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import folder

ALLOWED = (OSError, sqlite3.Error)  # the store says so, and tries again at its next opening
LONGEST = 512
_ID = "20261121-104455.123-front-7f3a"
WORDS = (
    b"events/2026-11-21/", _ID.encode(), b"/event.json", b"/clip.mp4", b"/.clip.mp4.tmp", b"/clip.part.mp4",
    b"continuous/front/2026-11-21/", b"104455.mp4", b".104455.part.mp4", b"256199.mp4", b"2026-99-99", b"0000-00-00",
    b"\n", b"\xd9\xa1", b"\xed\xa0\x80", b"snapshot.jpg",
)  # fmt: skip
_KEEP = "kept/secret.txt"


@functools.cache
def _database() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    for statement in (statement for step in MIGRATIONS for statement in step):
        made.execute(statement)
    return made


def case(data: bytes) -> None:
    """A file's name in each line; what is elsewhere stays, and a second look finds nothing more to do."""
    root = folder() / "recordings"
    shutil.rmtree(root, ignore_errors=True)
    for line in [*data.split(b"\n")[:12], _KEEP.encode()]:
        _put(root, line.decode("utf-8", "surrogateescape"))
    db, places = _database(), Places(root)
    try:
        reconcile(db, places, Repairs(), lambda _: False)
        again = reconcile(db, places, Repairs(), lambda _: False)
    finally:
        if db.in_transaction:
            db.rollback()
        for table in ("files", "events", "segments"):
            db.execute(f"DELETE FROM {table}")
    if again:
        raise Wrong(f"a second look finds more: {again}")
    if not (root / _KEEP).exists():
        raise Wrong("a file elsewhere is gone")


def _put(root: Path, name: str) -> None:
    parts = [part for part in PurePosixPath(name.replace("\0", "")).parts if part not in ("/", "..")]
    path = root.joinpath(*parts[:6])
    if path == root:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    except OSError:  # a file where a folder should be, a name too long
        return


def seeds() -> list[bytes]:
    event = f"events/2026-11-21/{_ID}"
    names = (
        f"{event}/clip.mp4\n{event}/snapshot.jpg",
        f"{event}/event.json\n{event}/.clip.mp4.tmp",
        "continuous/front/2026-11-21/104455.mp4\ncontinuous/front/2026-11-21/.104500.part.mp4",
        f"events/2026-11-20/{_ID}/event.json",
        "events/2026-11-21/notes/x.txt\nevents/a-b-c/d\n",
    )
    return [each.encode() for each in names]
