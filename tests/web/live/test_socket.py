"""The WebSocket, over a real server."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from edgedet.events.change import Change
from edgedet.settings import Settings
from edgedet.web.api import live
from edgedet.web.desk import Desk
from edgedet.web.subscriber import MOST_NEWS
from tests.web.driving import SmallControl, make_settings
from tests.web.live.events import an_event
from tests.web.live.serving import Served, filming, moving, wait_until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    cameras = "".join(f'[[camera]]\nname = "{name}"\nsource.uri = "demo:"\n' for name in ("front", "back"))
    return make_settings(tmp_path, cameras)


@contextmanager
def listening(visitor: httpx.Client, desk: Desk, query: str = "", **options: Any) -> Iterator[ClientConnection]:
    """Somebody listens."""
    base = visitor.base_url
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    url = f"ws://{base.host}:{base.port}/api/ws{query}"
    headers = {"Cookie": cookies}
    with connect(url, origin=f"http://{base.host}:{base.port}", additional_headers=headers, **options) as link:  # type: ignore[arg-type]
        wait_until(lambda: desk.hub.stats()["listeners"] > 0)
        yield link


def said(link: ClientConnection) -> dict[str, Any]:
    heard: dict[str, Any] = json.loads(link.recv(timeout=5))
    return heard


def test_results_are_told(visitor: httpx.Client, desk: Desk) -> None:
    with listening(visitor, desk) as link:
        result = moving("front", 5)
        desk.hub.publish(result)
        message = said(link)
    assert message.pop("age_ms") < 1000
    assert message == {
        "type": "result",
        "camera": "front",
        "time": result.frame.wall.isoformat(timespec="milliseconds"),
        "fps": 30.0,
        "width": 320,
        "height": 240,
        "looked": True,
        "objects": [{"label": "person", "score": 0.9, "box": [0.0625, 0.1667, 0.25, 0.4167], "track_id": 7}],
    }


def test_events_and_switches_are_told_in_their_order(visitor: httpx.Client, desk: Desk, control: SmallControl) -> None:
    with listening(visitor, desk, "?results=0") as link:
        desk.hub.publish(moving("front", 0))
        desk.hub.hear(Change(an_event("front", "start")))
        control.turn("detection", False, "front")
        desk.hub.hear(Change(an_event("front", "end")))
        heard = [said(link) for _ in range(3)]
    assert heard[0] == {"type": "event", "event": an_event("front", "start").to_dict()}
    assert heard[1] == {"type": "switch", "switch": "detection", "camera": "front", "on": False}
    assert heard[2]["event"]["phase"] == "end"


def test_only_the_cameras_asked_for(visitor: httpx.Client, desk: Desk) -> None:
    with listening(visitor, desk, "?camera=back") as link:
        for camera in ("front", "back"):
            desk.hub.publish(moving(camera, 0))
            desk.hub.hear(Change(an_event(camera, "start")))
        wait_until(lambda: True)
        heard = [said(link) for _ in range(2)]
    assert {(each["type"], each.get("camera") or each["event"]["camera"]) for each in heard} == {
        ("event", "back"),
        ("result", "back"),
    }


def test_a_camera_that_isnt_there_is_refused(visitor: httpx.Client, served: Served) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    url = f"ws://127.0.0.1:{served.port}/api/ws?camera=garden"
    with connect(url, origin=served.address, additional_headers={"Cookie": cookies}) as link:  # type: ignore[arg-type]
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "garden: no such camera")


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_another_page_may_not_listen(visitor: httpx.Client, served: Served, origin: str | None) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{served.port}/api/ws", origin=origin, additional_headers={"Cookie": cookies})  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


def test_a_quiet_day_is_told_from_a_dead_network(
    visitor: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PING_EVERY", 0.1)
    with listening(visitor, desk) as link:
        assert said(link) == {"type": "ping"}


def test_who_talks_is_let_go(visitor: httpx.Client, desk: Desk) -> None:
    with listening(visitor, desk) as link:
        link.send("hello")
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1003
    wait_until(lambda: desk.hub.stats()["listeners"] == 0)


def test_all_are_sent_away_when_the_camera_stops(visitor: httpx.Client, desk: Desk) -> None:
    with listening(visitor, desk) as link:
        desk.hub.close()
        with pytest.raises(ConnectionClosed) as closed:
            link.recv(timeout=5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1001
    wait_until(lambda: desk.hub.stats()["listeners"] == 0)


def test_a_slow_listener_gets_the_newest_and_is_told_what_it_missed(visitor: httpx.Client, desk: Desk) -> None:
    with socket.socket() as plug:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        base = visitor.base_url
        plug.connect((base.host, base.port))
        with listening(visitor, desk, sock=plug, max_queue=1, close_timeout=1) as link:
            text = "x" * 4_000  # in all four times what the kernel holds back for a reader that doesn't read
            for index in range(4_000):
                desk.hub.hear(Change(an_event("front", "update", label=f"{text}{index}")))
                if index % 200 == 0:
                    time.sleep(0.002)
            desk.hub.publish(moving("front", 1))
            desk.hub.publish(moving("front", 2))
            heard: list[dict[str, Any]] = []
            while not heard or heard[-1]["type"] != "result":
                heard.append(said(link))
    missed = sum(each["count"] for each in heard if each["type"] == "missed")
    news = [each for each in heard if each["type"] == "event"]
    assert missed > 0
    assert missed + len(news) == 4_000
    assert news[-1]["event"]["label"] == f"{text}3999"
    assert len(news) > MOST_NEWS


def test_with_nobody_there_nothing_is_written(desk: Desk) -> None:
    with filming(desk.hub, "front", "back"):
        time.sleep(0.1)
    assert desk.hub.stats() == {"mjpeg": 0, "webrtc": 0, "listeners": 0}
    assert all(feed.encoded == 0 for feed in desk.hub.feeds.values())
