from __future__ import annotations

import hashlib
import io
import random
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edgedet.events.places import Places
from edgedet.events.store import Store, delete
from tests.archive.bed import add_open, bucket_at, fill, needs
from tests.archive.gate import FAULTS, Gate

pytestmark = needs
BIG = 20 << 20
CAMERA = "camera=front/day=2024-11-20"


def uploader(root: Path, port: int, name: str, seal: Any = None, **given: Any) -> Any:
    from edgedet.archive.ledger import Ledger
    from edgedet.archive.uploader import Job, Uploader

    job = Job(root, ("clips", "snapshots", "json"), 10, "age" if seal else "off", "bootstrap-320-int8")
    clock = given.pop("clock", lambda: datetime.now(UTC))
    return Uploader(job, Ledger(root), bucket_at(port, name, **given), seal, clock)


def drain(up: Any, patient: bool = True) -> Any:
    from edgedet.archive.pause import Pause
    from edgedet.archive.worker import Worker

    worker = Worker(up, threading.Event(), pause=Pause(random.Random(1), 0.01, 0.05))
    worker.drain(patient)
    return worker.progress


def contents(port: int, name: str, prefix: str = "camera=") -> dict[str, str]:
    """The SHA-256 of each object."""
    bucket = bucket_at(port, name)
    return {each.key: bucket.fetch(each.key, io.BytesIO()) for each in bucket.list(prefix)}


def local(root: Path, ids: list[str]) -> dict[str, str]:
    """The same, of what should be there."""
    places, found = Places(root), {}
    for each in ids:
        files = {
            ".json": places.sidecar(each),
            ".mp4": places.file(each, "clip"),
            ".jpg": places.file(each, "snapshot"),
        }
        for suffix, path in files.items():
            found[f"{CAMERA}/{each}{suffix}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def test_all_is_there_once(tmp_path: Path, s3: int, bucket_name: str) -> None:
    ids = fill(tmp_path, 5)
    up = uploader(tmp_path, s3, bucket_name)
    assert drain(up).archived == 5
    assert contents(s3, bucket_name) == local(tmp_path, ids)
    assert drain(up).archived == 0
    (lines,) = list(bucket_at(s3, bucket_name).list("lines/"))
    assert lines.key.startswith("lines/day=2024-11-20/camera=front/")
    assert len(bucket_at(s3, bucket_name).read(lines.key).splitlines()) == 5


def test_what_is_being_written_waits(tmp_path: Path, s3: int, bucket_name: str) -> None:
    ids = fill(tmp_path, 1)
    unfinished = add_open(tmp_path, 50)
    up = uploader(tmp_path, s3, bucket_name)
    assert drain(up).archived == 1
    assert contents(s3, bucket_name) == local(tmp_path, ids)
    assert up.ledger.waiting() == [unfinished]


def test_an_event_waits_after_its_end(tmp_path: Path, s3: int, bucket_name: str) -> None:
    fill(tmp_path, 1)
    ended = datetime(2024, 11, 20, 22, 0, 5, tzinfo=UTC)
    assert drain(uploader(tmp_path, s3, bucket_name, clock=lambda: ended + timedelta(seconds=9))).archived == 0
    assert drain(uploader(tmp_path, s3, bucket_name, clock=lambda: ended + timedelta(seconds=11))).archived == 1


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in ("403", "skew")])
def test_one_failure_is_got_over(fault: Any, tmp_path: Path, s3: int, bucket_name: str, bad_way: Gate) -> None:
    ids = fill(tmp_path, 2)
    plan = iter(["", fault, "", fault])
    bad_way.choose, bad_way.slow_s = lambda _method, _path: next(plan, ""), 0.6
    up = uploader(tmp_path, bad_way.port, bucket_name, read_s=0.3 if fault == "slow" else 5.0)
    progress = drain(up)
    assert bad_way.done.total() == 2
    assert progress.archived == 2
    assert progress.trouble == ""
    assert contents(s3, bucket_name) == local(tmp_path, ids)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("403", ("key key", "s3:PutObject")), ("skew", ("clock", "RequestTimeTooSkewed", "timedatectl"))],
)
def test_a_refusal_says_who_has_to_do_what(
    fault: Any, words: tuple[str, ...], tmp_path: Path, bucket_name: str, bad_way: Gate
) -> None:
    from edgedet.archive.faults import Refused

    fill(tmp_path, 1)
    bad_way.choose = lambda _method, _path: fault
    with pytest.raises(Refused) as refused:
        drain(uploader(tmp_path, bad_way.port, bucket_name))
    for word in (*words, f"s3://{bucket_name}/porch"):
        assert word in str(refused.value)


def test_a_big_clip_goes_on_where_it_was(tmp_path: Path, s3: int, bucket_name: str, bad_way: Gate) -> None:
    from edgedet.archive.faults import Unavailable

    ids = fill(tmp_path, 1, BIG)
    bad_way.choose = lambda _method, path: "503" if "partNumber=3" in path else ""
    with pytest.raises(Unavailable):
        drain(uploader(tmp_path, bad_way.port, bucket_name), patient=False)
    bad_way.choose = lambda _method, _path: ""
    bad_way.asked.clear()
    assert drain(uploader(tmp_path, bad_way.port, bucket_name)).archived == 1  # of another process, by the same file
    sent = [path for method, path in bad_way.asked if method == "PUT" and "partNumber" in path]
    assert len(sent) == 1
    assert "partNumber=3" in sent[0]
    assert contents(s3, bucket_name) == local(tmp_path, ids)


def test_parts_that_were_thrown_away_are_sent_again(tmp_path: Path, s3: int, bucket_name: str, bad_way: Gate) -> None:
    from edgedet.archive.faults import Unavailable

    ids = fill(tmp_path, 1, BIG)
    bad_way.choose = lambda _method, path: "503" if "partNumber=3" in path else ""
    up = uploader(tmp_path, bad_way.port, bucket_name)
    with pytest.raises(Unavailable):
        drain(up, patient=False)
    (plan,) = [each for each in up.ledger.plans(ids[0]) if each.upload_id]
    bucket_at(s3, bucket_name).abort(plan.key, plan.upload_id)
    bad_way.choose = lambda _method, _path: ""
    assert drain(up).archived == 1
    assert contents(s3, bucket_name) == local(tmp_path, ids)


def test_out_of_reach_for_a_day(tmp_path: Path, s3: int, bucket_name: str, bad_way: Gate) -> None:
    """The pauses grow to ten minutes, so that a day is some 150 tries; then all that happened meanwhile goes up."""
    from edgedet.archive.faults import ArchiveError
    from edgedet.archive.pause import Pause
    from edgedet.archive.worker import Worker

    ids = fill(tmp_path, 2)
    slept: list[float] = []
    bad_way.choose = lambda _method, _path: "503" if sum(slept) < 86400 else ""

    class Quick(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return False

    def tell(_error: ArchiveError, seconds: float) -> None:
        if len(slept) == 3:
            ids.extend(fill(tmp_path, 3, first=100))
        slept.append(seconds)

    worker = Worker(uploader(tmp_path, bad_way.port, bucket_name), Quick(), pause=Pause(random.Random(2)), tell=tell)
    worker.drain()
    worker.drain()
    assert 140 < len(slept) < 350
    assert max(slept) <= 600
    assert contents(s3, bucket_name) == local(tmp_path, ids)


def test_what_was_deleted_before_is_lost_and_said_so(
    tmp_path: Path, s3: int, bucket_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    ids = fill(tmp_path, 3)
    up = uploader(tmp_path, s3, bucket_name)
    up.look()
    delete(tmp_path, ids[:2])
    progress = drain(up)
    up.flush()
    assert len([each for each in caplog.records if "deleted before" in each.message]) == 1
    assert up.ledger.counts() == {"archived": 1, "lost": 2}
    assert progress.archived == 1
    (lines,) = list(bucket_at(s3, bucket_name).list("lines/"))
    assert bucket_at(s3, bucket_name).read(lines.key).count(b'"state": "lost"') == 2


def test_retention_takes_what_is_archived_first(tmp_path: Path, s3: int, bucket_name: str) -> None:
    from edgedet.archive.hold import Hold
    from edgedet.config.retention import RetentionConfig

    ids = fill(tmp_path, 4, 400_000)
    up = uploader(tmp_path, s3, bucket_name)
    up.look()
    assert up.upload(ids[2]) == "archived"
    now = datetime(2024, 11, 21, tzinfo=UTC)
    limits = RetentionConfig(max_gb=0.0013, min_free_mb=0)
    with closing(Store(tmp_path, limits, hold=Hold(tmp_path, 7))) as store:
        assert store.sweep(now).events == (ids[2],)  # not the oldest: that waits for its upload
    with closing(Store(tmp_path, RetentionConfig(max_gb=0.0009, min_free_mb=0), hold=Hold(tmp_path, 7))) as store:
        assert store.sweep(now).events == (ids[0],)  # for want of room it goes after all


def test_age_waits_for_the_upload_but_not_for_ever(tmp_path: Path, s3: int, bucket_name: str) -> None:
    from edgedet.archive.hold import Hold
    from edgedet.config.retention import RetentionConfig

    ids = fill(tmp_path, 2)
    up = uploader(tmp_path, s3, bucket_name)
    up.look()
    assert up.upload(ids[0]) == "archived"
    limits = RetentionConfig(days=1, labels={}, min_free_mb=0)
    with closing(Store(tmp_path, limits, hold=Hold(tmp_path, 7))) as store:
        assert store.sweep(datetime(2024, 11, 25, tzinfo=UTC)).events == (ids[0],)
        assert store.sweep(datetime(2024, 11, 29, tzinfo=UTC)).events == (ids[1],)


def test_a_damaged_ledger_costs_time_alone(tmp_path: Path, s3: int, bucket_name: str) -> None:
    from edgedet.archive.schema import FILE

    ids = fill(tmp_path, 2)
    up = uploader(tmp_path, s3, bucket_name)
    drain(up)
    up.ledger.close()
    (tmp_path / FILE).write_bytes(b"no database at all, but something else" * 100)
    again = uploader(tmp_path, s3, bucket_name)
    assert drain(again).archived == 2
    assert contents(s3, bucket_name) == local(tmp_path, ids)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        assert db.execute("SELECT count(*) FROM events WHERE state = 'archived'").fetchone() == (2,)


def test_bandwidth_is_kept(tmp_path: Path, s3: int, bucket_name: str) -> None:
    import time

    fill(tmp_path, 1, 100_000)
    began = time.monotonic()
    drain(uploader(tmp_path, s3, bucket_name, mbit=1.0))
    assert time.monotonic() - began > 0.75  # 800 kbit and a bit, at 1 Mbit/s
