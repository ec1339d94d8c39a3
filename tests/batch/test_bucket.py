"""Clips out of a bucket of a server that runs here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.batch import bucket
from edgedet.batch.catalogue import Choice
from edgedet.batch.inputs import items_of
from edgedet.errors import SourceError

minio = pytest.importorskip("minio", reason="needs minio (edgedet[archive])")
moto = pytest.importorskip("moto.server", reason="needs an S3 server: pip install 'moto[server]'")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    server = moto.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, value)
    bucket._client.cache_clear()
    yield minio.Minio(f"{host}:{port}", "test", "test", secure=False, region="us-east-1")
    bucket._client.cache_clear()
    server.stop()


def test_a_prefix_is_listed_and_its_clips_are_fetched(client: minio.Minio, tmp_path: Path) -> None:  # type: ignore[name-defined]
    client.make_bucket("archive")
    for name in ("10.mp4", "2.mp4", "notes.txt"):
        (tmp_path / name).write_text(name)
        client.fput_object("archive", f"front/{name}", str(tmp_path / name))
    items = items_of(["s3://archive/front/"], Choice())
    assert [item.key for item in items] == ["s3://archive/front/2.mp4", "s3://archive/front/10.mp4"]
    with bucket.local(items[0].place) as path:
        assert path.read_text() == "2.mp4"
    assert not path.exists()


def test_what_is_not_there_is_refused_in_a_line(client: minio.Minio) -> None:  # type: ignore[name-defined]
    with pytest.raises(SourceError, match=r"s3://nobody/x: can't be read \(.*bucket"):
        items_of(["s3://nobody/x"], Choice())
    client.make_bucket("empty")
    with pytest.raises(SourceError, match="nothing is there"):
        items_of(["s3://empty"], Choice())
    with pytest.raises(SourceError, match="can't be read"), bucket.local("s3://empty/a.mp4"):
        pass


def test_an_encrypted_clip_says_so() -> None:
    with pytest.raises(SourceError, match="is encrypted"), bucket.local("s3://archive/a.mp4.age"):
        pass
