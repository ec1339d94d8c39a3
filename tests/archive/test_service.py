from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.config import ArchiveConfig, Config, StorageConfig
from edgedet.errors import ConfigError
from edgedet.events.change import Change
from edgedet.events.store.reading import Query, query
from edgedet.post import Post
from tests.archive.bed import bucket_at, fill, needs
from tests.archive.gate import Gate

pytestmark = needs


def config(root: Path | None, port: int, name: str) -> Config:
    archive = ArchiveConfig(bucket=f"s3://{name}/porch", endpoint=f"http://127.0.0.1:{port}", after=0)
    return Config(archive=archive, storage=StorageConfig(path=root))


@contextlib.contextmanager
def running(settings: Config) -> Iterator[Post]:
    from edgedet.archive import build_archive

    service = build_archive(settings)
    assert service is not None
    service.open()
    post = Post(service)
    thread = threading.Thread(target=post.run, daemon=True)
    thread.start()
    try:
        yield post
    finally:
        began = time.monotonic()
        post.close()
        thread.join(30)
        assert not thread.is_alive()
        assert time.monotonic() - began < 5  # a second or two, on a machine that has nothing else to do


def wait_for(post: Post, **wanted: object) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        said = post.report()
        if all(said[name] == value for name, value in wanted.items()):
            return
        time.sleep(0.05)
    raise AssertionError(f"{wanted} was never so: {post.report()}")


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def test_what_was_there_and_what_comes(tmp_path: Path, s3: int, bucket_name: str) -> None:
    fill(tmp_path, 2)
    with running(config(tmp_path, s3, bucket_name)) as post:
        wait_for(post, sent=2, waiting=0, connected=True)
        (new,) = fill(tmp_path, 1, first=100)
        (found,) = query(tmp_path, Query(ids=(new,)))
        post.service.hear(Change(found.event))  # type: ignore[attr-defined]
        wait_for(post, sent=3, waiting=0)
    assert len(list(bucket_at(s3, bucket_name).list("camera="))) == 9


def test_a_bucket_that_hangs_holds_up_nobody(tmp_path: Path, bucket_name: str, bad_way: Gate) -> None:
    fill(tmp_path, 1)
    bad_way.choose, bad_way.slow_s = lambda _method, _path: "slow", 20.0
    with running(config(tmp_path, bad_way.port, bucket_name)):
        deadline = time.monotonic() + 30
        while not bad_way.asked and time.monotonic() < deadline:
            time.sleep(0.05)
        assert bad_way.asked  # it waits for an answer now; the end, below, comes all the same


def test_trouble_is_told(tmp_path: Path, bucket_name: str, bad_way: Gate) -> None:
    fill(tmp_path, 1)
    bad_way.choose = lambda _method, _path: "skew"
    with running(config(tmp_path, bad_way.port, bucket_name)) as post:
        wait_for(post, connected=False, waiting=1)
        deadline = time.monotonic() + 30
        while "clock" not in post.report()["trouble"] and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "clock" in post.report()["trouble"]
        bad_way.choose = lambda _method, _path: ""
        wait_for(post, connected=True, waiting=0, sent=1)


def test_a_bucket_without_a_store_is_a_mistake(s3: int, bucket_name: str) -> None:
    from edgedet.archive import build_archive

    with pytest.raises(ConfigError, match=r"storage\.path"):
        build_archive(config(None, s3, bucket_name))
    assert build_archive(Config()) is None
