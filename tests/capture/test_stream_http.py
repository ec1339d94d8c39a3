from __future__ import annotations

import itertools
import logging
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edgedet.capture import Source, open_source, video
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame
from tests.capture.clips import jpeg, number_of, numbered, write_video
from tests.capture.servers import HttpCamera
from tests.chaos.proxy import proxy


def source_of(uri: str, **settings: float | bool) -> Source:
    return open_source(SourceConfig(uri=uri, **{"stall_timeout": 2, "open_timeout": 5, "retry_max": 0.5, **settings}))


def read(source: Source, count: int) -> list[Frame]:
    return list(itertools.islice(iter(source.read, None), count))


def test_motion_jpeg() -> None:
    with HttpCamera() as server:
        source = source_of(server.url("mjpeg"))
        assert source.live
        source.open()
        frames = read(source, 10)
        assert "mjpeg 160x120" in source.status().detail
        source.close()
    numbers = [number_of(frame.image) for frame in frames]
    assert all(0 < (b - a) % 25 < 12 for a, b in itertools.pairwise(numbers))
    assert [frame.index for frame in frames] == sorted({frame.index for frame in frames})
    assert all(frame.image.shape == (120, 160, 3) for frame in frames)


def test_a_connection_that_ends_is_made_again() -> None:
    def short(stop: threading.Event) -> Iterator[bytes]:
        for number in range(6):
            stop.wait(0.03)
            yield jpeg(numbered(number))

    with HttpCamera(short) as server:
        source = source_of(server.url("mjpeg"))
        source.open()
        assert len(read(source, 9)) == 9
        assert source.status().reconnects >= 1
        source.close()
        assert server.connections >= 2


def test_a_picture_of_known_length_in_its_place_is_not_the_end_of_a_camera() -> None:
    picture = jpeg(numbered(3))
    head = f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
    with HttpCamera() as server, proxy(server.port, random.Random(7)) as way:
        source = source_of(way.url("http", "mjpeg"))
        source.open()
        read(source, 3)
        way.canned, way.mode = head.encode() + picture, "answer"  # as some do while they start
        way.cut()
        threading.Timer(2, lambda: setattr(way, "mode", "pass")).start()
        assert len(read(source, 120)) == 120
        source.close()


def test_a_stall_is_noticed_and_the_connection_made_again(caplog: pytest.LogCaptureFixture) -> None:
    opened = itertools.count()

    def stalling(stop: threading.Event) -> Iterator[bytes]:
        first = next(opened) == 0
        for number in itertools.count():
            stop.wait(60 if first and number == 6 else 0.03)
            yield jpeg(numbered(number % 25))

    caplog.set_level(logging.INFO)
    with HttpCamera(stalling) as server:
        source = source_of(server.url("mjpeg"), stall_timeout=1)
        source.open()
        assert len(read(source, 12)) == 12
        source.close()
    assert "trying again until it is back" in caplog.text
    assert "open again after" in caplog.text


def test_the_size_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    def growing(stop: threading.Event) -> Iterator[bytes]:
        for number in itertools.count():
            stop.wait(0.03)
            yield jpeg(numbered(5) if number < 12 else numbered(5, 321, 241))

    with HttpCamera(growing) as server:
        source = source_of(server.url("mjpeg"))
        source.open()
        shapes = [frame.image.shape for frame in read(source, 30)]
        source.close()
    assert shapes[0] == (120, 160, 3)
    assert shapes[-1] == (241, 321, 3)


def test_a_damaged_picture_is_left_out() -> None:
    def damaged(stop: threading.Event) -> Iterator[bytes]:
        for number in itertools.count():
            stop.wait(0.03)
            yield b"\xff\xd8\xff\xe0 no picture" if number % 3 == 2 else jpeg(numbered(3))

    with HttpCamera(damaged) as server:
        source = source_of(server.url("mjpeg"))
        source.open()
        frames = read(source, 8)
        source.close()
    assert [number_of(frame.image) for frame in frames] == [3] * 8


def test_an_absurd_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with HttpCamera() as server:
        source = source_of(server.url("mjpeg"))
        monkeypatch.setattr(video, "MAX_PIXELS", 1000)
        with pytest.raises(SourceError, match="frames of 160x120 pixels"):
            source.open()
        source.close()


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_file_is_shown_at_its_pace_and_ends(tmp_path: Path, name: str) -> None:
    write_video(tmp_path / name, 12, fps=20)
    with HttpCamera(folder=tmp_path) as server:
        source = source_of(server.url(name))
        source.open()
        frames = read(source, 99)
        assert source.read() is None
        assert source.status().state == "ended"
        source.close()
    assert frames[-1].index == 11
    assert frames[-1].monotonic - frames[0].monotonic >= 0.3


def test_a_file_as_fast_as_it_comes_loses_nothing(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 25, fps=2)  # 12 s of it
    with HttpCamera(folder=tmp_path) as server:
        source = source_of(server.url("a.mp4"), as_fast=True)
        assert not source.live
        source.open()
        frames = read(source, 99)
        source.close()
    assert [number_of(frame.image) for frame in frames] == list(range(25))


def test_a_file_loops(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", 4, fps=50)
    with HttpCamera(folder=tmp_path) as server:
        source = source_of(server.url("a.mp4"), as_fast=True, loop=True)
        source.open()
        frames = read(source, 10)
        source.close()
    assert [number_of(frame.image) for frame in frames] == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    assert [frame.index for frame in frames] == list(range(10))


@pytest.mark.parametrize(
    ("path", "says"), [("401", "401"), ("403", "403"), ("404", "404"), ("410", "4xx"), ("503", "5xx")]
)
def test_a_refusal_says_which_and_is_tried_again(path: str, says: str, caplog: pytest.LogCaptureFixture) -> None:
    with HttpCamera() as server:
        source = source_of(server.url(path, login="me:secret"))
        source.open()
        assert source.status().state == "reconnecting"
        assert says in source.status().detail
        source.close()
    assert says in caplog.text
    assert "secret" not in caplog.text + source.status().detail + source.uri


def test_a_login_is_used_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with HttpCamera(login="me:s3cr3t") as server:
        source = source_of(server.url("mjpeg", login="me:s3cr3t"))
        source.open()
        frame = source.read()
        source.close()
    assert frame is not None
    assert frame.source == source.uri == f"http://***@127.0.0.1:{server.port}/mjpeg"
    assert "s3cr3t" not in caplog.text


def test_reasons_why_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        for scheme in ("rtsp", "http"):
            for host, reason in (
                (f"127.0.0.1:{port}", "connection refused"),
                ("no-such-host.invalid", "no host is known by the name no-such-host.invalid"),
                (f"127.0.0.1:{silent.getsockname()[1]}", "1 s"),
            ):
                source = source_of(f"{scheme}://me:secret@{host}/live", open_timeout=1)
                source.open()
                assert source.status().state == "reconnecting"
                assert reason in source.status().detail
                assert "secret" not in source.status().detail
                source.close()


def test_what_is_no_video(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>" + "no video " * 500)
    with HttpCamera(folder=tmp_path) as server:
        source = source_of(server.url("page.html"))
        source.open()
        assert "isn't video" in source.status().detail
        source.close()


@pytest.mark.parametrize(
    "uri", ["rtsp://", "http:///x", "rtsp://me:pa#ss@cam/live", "http://cam:port/x", "rtsp://[::1/x"]
)
def test_an_address_that_makes_no_sense_is_an_error_at_once(uri: str) -> None:
    with pytest.raises(SourceError, match="no address of a stream"):
        open_source(SourceConfig(uri=uri))


def test_close_wakes_a_read_of_a_silent_server() -> None:
    def silent(stop: threading.Event) -> Iterator[bytes]:
        for _ in range(5):
            yield jpeg(numbered(1))
        stop.wait(60)

    with HttpCamera(silent) as server:
        source = source_of(server.url("mjpeg"), stall_timeout=60)
        source.open()
        assert source.read() is not None
        threading.Timer(0.5, source.close).start()
        start = time.monotonic()
        read(source, 99)
        assert time.monotonic() - start < 5


def test_a_title_in_another_encoding_than_utf8(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 3)
    path.write_bytes(path.read_bytes().replace(b"VideoHandler", b"Vid\xe9oHandler"))
    with HttpCamera(folder=tmp_path) as server:
        source = source_of(server.url("a.mp4"), as_fast=True)
        source.open()
        assert len(read(source, 3)) == 3
        source.close()
