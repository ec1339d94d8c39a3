"""Motion JPEG over a real server."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import cv2
import httpx
import numpy as np
import pytest

from edgedet.web import multipart
from edgedet.web.desk import Desk
from tests.web.driving import SmallControl
from tests.web.live.serving import Served, filming, moving, wait_until

STREAM = "/api/cameras/camera/stream.mjpg"
PERSON = (0, 159, 230)
"""The colour of a person's box."""


def pictures(answer: httpx.Response) -> Iterator[np.ndarray]:
    """Those of a stream, read as a browser does."""
    boundary = answer.headers["content-type"].partition("boundary=")[2].encode()
    data = b""
    for part in answer.iter_raw():
        data += part
        while (end := data.find(b"\r\n--" + boundary + b"\r\n")) >= 0:
            head, _, jpeg = data[:end].partition(b"\r\n\r\n")
            assert f"Content-Length: {len(jpeg)}".encode() in head
            data = data[end + 2 :]
            yield cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)


def has_box(image: np.ndarray) -> bool:
    return bool((np.abs(image.astype(int) - PERSON).max(axis=2) < 40).sum() > 30)


@pytest.mark.parametrize("boxes", [True, False])
def test_the_picture_moves_with_boxes_or_without(visitor: httpx.Client, desk: Desk, boxes: bool) -> None:
    with filming(desk.hub, "camera"), visitor.stream("GET", STREAM, params={"boxes": int(boxes)}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("multipart/x-mixed-replace")
        seen = [next(stream) for stream in [pictures(answer)] for _ in range(5)]
    assert [has_box(each) for each in seen] == [boxes] * 5
    assert np.abs(seen[0].astype(int) - seen[-1]).max() > 100


def test_a_picture_is_encoded_once_for_all_and_only_while_somebody_watches(visitor: httpx.Client, desk: Desk) -> None:
    feed, clean = desk.hub.feed("camera", True), desk.hub.feed("camera", False)
    with filming(desk.hub, "camera"):
        time.sleep(0.2)
        assert feed.encoded == 0
        with visitor.stream("GET", STREAM) as one, visitor.stream("GET", STREAM) as two:
            seen = [pictures(one), pictures(two)]
            for _ in range(6):
                for stream in seen:
                    next(stream)
            assert 6 <= feed.encoded < 14
        wait_until(lambda: feed.watching == 0)
        after = feed.encoded
        time.sleep(0.2)
    assert feed.encoded == after
    assert clean.encoded == 0


def test_as_many_a_second_as_asked_for(visitor: httpx.Client, desk: Desk) -> None:
    with filming(desk.hub, "camera"), visitor.stream("GET", STREAM, params={"fps": 4}) as answer:
        stream = pictures(answer)
        next(stream)
        start = time.monotonic()
        for _ in range(4):
            next(stream)
        assert time.monotonic() - start == pytest.approx(1.0, abs=0.3)
        assert desk.hub.feed("camera", True).encoded < 12


def test_a_still_camera_is_seen_at_once_and_again(
    visitor: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart, "STILL_HERE", 0.2)
    desk.hub.publish(moving("camera", 0))
    with visitor.stream("GET", STREAM) as answer:
        stream = pictures(answer)
        first, again = next(stream), next(stream)
    assert np.array_equal(first, again)


def test_one_more_than_there_is_room_for_is_told_so(visitor: httpx.Client, desk: Desk) -> None:
    feed = desk.hub.feed("camera", True)
    for _ in range(desk.hub.config.max_viewers):
        assert feed.enter(1)
    answer = visitor.get(STREAM)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "as many watch as may" in answer.json()["detail"]


@pytest.mark.parametrize("end", ["privacy", "hub"])
def test_it_ends_when_nothing_may_be_seen(visitor: httpx.Client, desk: Desk, control: SmallControl, end: str) -> None:
    with filming(desk.hub, "camera"), visitor.stream("GET", STREAM) as answer:
        stream = pictures(answer)
        next(stream)
        if end == "privacy":
            control.turn("privacy", True, "camera")
        else:
            desk.hub.hang_up()
        start = time.monotonic()
        assert sum(1 for _ in stream) < 30
        assert time.monotonic() - start < 2
    wait_until(lambda: desk.hub.stats()["mjpeg"] == 0)


def test_a_viewer_that_takes_nothing_holds_nothing_and_is_let_go(
    visitor: httpx.Client, served: Served, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart, "PATIENCE", 0.5)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    with socket.socket() as deaf, filming(desk.hub, "camera", width=1280, height=720):
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", served.port))
        deaf.sendall(f"GET {STREAM} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nCookie: {cookies}\r\n\r\n".encode())
        wait_until(lambda: desk.hub.stats()["mjpeg"] == 1)
        with visitor.stream("GET", STREAM) as answer:  # another one doesn't notice
            stream = pictures(answer)
            start = time.monotonic()
            for _ in range(10):
                next(stream)
            assert time.monotonic() - start < 2.5
        wait_until(lambda: desk.hub.stats()["mjpeg"] == 0, 30)


def test_nobody_watches_without_a_session(served: Served, desk: Desk) -> None:
    for route in (STREAM, "/api/cameras/camera/snapshot.jpg", "/api/cameras"):
        assert httpx.get(served.address + route).status_code == 401
