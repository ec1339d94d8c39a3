from __future__ import annotations

import contextlib
import re
import threading
from dataclasses import replace

import numpy as np
import pytest

from edgedet.config import MjpegConfig
from edgedet.errors import OutputError
from edgedet.publish.http import LiveHandler
from edgedet.publish.mjpeg import MjpegPublisher
from tests.publish.made import found, result
from tests.publish.viewing import Viewer, as_image, ask, connect, grey_of, port_of, serving, until


def test_two_viewers_cost_one_encode_a_frame() -> None:
    with serving() as publisher:
        first, second = Viewer(publisher), Viewer(publisher)
        until(lambda: publisher.stats()["clients"] == 2)
        for index in range(5):
            publisher.publish(result(index, grey=20 + 40 * index))
            assert grey_of(first.picture()) == pytest.approx(20 + 40 * index, abs=3)
            assert grey_of(second.picture()) == pytest.approx(20 + 40 * index, abs=3)
        stats = publisher.stats()
        assert stats["encoded"] == 5
        assert stats["served"] == 2
        assert stats["bytes_sent"] > 5 * 2 * 500


def test_nobody_watching_costs_nothing() -> None:
    with serving() as publisher:
        for index in range(50):
            publisher.publish(result(index))
        assert publisher.stats()["encoded"] == 0
        first = ask(publisher, "/snapshot.jpg").read()
        assert ask(publisher, "/snapshot.jpg").read() == first
        assert publisher.stats()["encoded"] == 1, "one, however often it is asked for"


def test_a_viewer_sees_at_once_what_came_before() -> None:
    with serving() as publisher:
        publisher.publish(result(0, grey=200))
        assert grey_of(Viewer(publisher).picture()) == pytest.approx(200, abs=3)


def test_the_last_viewer_gone_the_encoding_ends() -> None:
    with serving() as publisher:
        watching = Viewer(publisher)
        publisher.publish(result(0))
        watching.picture()
        watching.response.close()
        index = iter(range(1, 10_000))
        until(lambda: publisher.publish(result(next(index))) or publisher.stats()["clients"] == 0)
        encoded = publisher.stats()["encoded"]
        publisher.publish(result(next(index)))
        assert publisher.stats()["encoded"] == encoded


def test_a_slow_viewer_skips_and_nobody_waits_for_it() -> None:
    rng = np.random.default_rng(0)
    with serving(quality=95) as publisher, connect(publisher, receive_buffer=4096) as slow:
        slow.sendall(b"GET /stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert slow.recv(1) == b"H"
        quick = Viewer(publisher)
        until(lambda: publisher.stats()["clients"] == 2)
        for index in range(30):
            publisher.publish(result(index, noise=rng))
            quick.picture()
            assert slow.recv(1), "a byte a picture, and still a viewer"
        stats = publisher.stats()
        assert stats["clients"] == 2
        assert stats["encoded"] == 30
        held = stats["bytes_sent"] - quick.bytes_read
        assert held < quick.bytes_read / 3, "what the slow one was sent: two or three pictures, not thirty"


def test_a_viewer_that_stops_reading_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LiveHandler, "timeout", 0.3)
    with serving(quality=100) as publisher, connect(publisher) as deaf:
        deaf.sendall(b"GET /stream.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(lambda: publisher.stats()["clients"] == 1)
        index = iter(range(100_000))

        def let_go() -> bool:
            publisher.publish(result(next(index), width=1280, height=960))
            return publisher.stats()["clients"] == 0

        until(let_go)


def test_more_viewers_than_may_be_are_told() -> None:
    with serving(max_clients=1) as publisher:
        publisher.publish(result(0))
        first = Viewer(publisher)
        refused = ask(publisher, "/stream.mjpg")
        assert refused.status == 503
        assert refused.headers["Retry-After"]
        assert b"try again later" in refused.read()
        first.picture()
        assert ask(publisher, "/health").status == 200


def test_no_more_connections_than_there_is_room_for() -> None:
    with serving(max_clients=1) as publisher:
        idle = [connect(publisher) for _ in range(33)]
        until(lambda: len(publisher._server._connections) == 33)  # type: ignore[union-attr]
        with connect(publisher) as late:
            assert late.recv(1) == b"", "hung up on"
        for connection in idle:
            connection.close()
        until(lambda: len(publisher._server._connections) == 0)  # type: ignore[union-attr]
        assert ask(publisher, "/health").status == 200


def test_a_width_makes_the_picture_smaller_and_the_boxes_with_it() -> None:
    with serving(width=320) as publisher:
        publisher.publish(result(0, width=1280, height=960, detections=found((640, 480, 1200, 900))))
        image = as_image(ask(publisher, "/snapshot.jpg").read())
        assert image.shape == (240, 320, 3)
        assert (np.abs(image[180, 158:163].astype(int) - 90).max(axis=1) > 50).any(), "the box's left edge"
        publisher.publish(result(1, width=100, height=100))
        assert as_image(ask(publisher, "/snapshot.jpg").read()).shape == (100, 100, 3), "never larger"


def test_a_port_in_use_is_told() -> None:
    with serving() as publisher:
        taken = MjpegPublisher(MjpegConfig(port=port_of(publisher)))
        with pytest.raises(OutputError, match=rf"127\.0\.0\.1:{port_of(publisher)}: the port is in use; .*--port"):
            taken.open()
        taken.close()


@pytest.mark.parametrize("host", ["192.0.2.7", "no such host", "a..b"])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(OutputError, match=re.escape(host)):
        MjpegPublisher(MjpegConfig(host=host, port=0)).open()


def test_closing_ends_every_viewer_and_it_opens_again() -> None:
    publisher = MjpegPublisher(MjpegConfig(port=0))
    publisher.open()
    publisher.publish(result(0))
    viewers = [Viewer(publisher) for _ in range(3)]
    idle = connect(publisher)
    for watching in viewers:
        watching.picture()
    publisher.close()
    publisher.close()
    left = [thread.name for thread in threading.enumerate() if "process_request" in thread.name]
    assert left == []
    for watching in viewers:
        with contextlib.suppress(ConnectionError):
            assert watching.response.read() == b""
    idle.close()
    publisher.publish(result(1))
    publisher.open()
    publisher.publish(result(2))
    assert ask(publisher, "/snapshot.jpg").status == 200
    publisher.close()


def test_each_of_several_cameras_has_its_own_addresses() -> None:
    with serving("front", "back") as publisher:
        for camera, grey in (("front", 40), ("back", 200)):
            publisher.publish(replace(result(0, grey=grey), camera=camera))
            assert grey_of(as_image(ask(publisher, f"/{camera}/snapshot.jpg").read())) == pytest.approx(grey, abs=3)
            assert b"stream.mjpg" in ask(publisher, f"/{camera}/").read()
        index = ask(publisher, "/").read().decode()
        assert [f"{camera}/snapshot.jpg" in index for camera in ("front", "back", "side")] == [True, True, False]
        assert ask(publisher, "/snapshot.jpg").status == 404
        assert b"/back/stream.mjpg" in ask(publisher, "/side/").read()
