from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.config.notify import NotifyConfig
from edgedet.events.store import Store
from edgedet.notify import build_notifier, sender
from edgedet.notify.notifier import Notifier
from edgedet.outbox import Outbox
from tests.events.store.made import BEGAN, event, write
from tests.notify.made import change
from tests.notify.receivers import Web, free_port, web


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "RETRY_FIRST", 0.05)


@contextlib.contextmanager
def running(path: Path, *servers: Web, **values: object) -> Iterator[tuple[Notifier, Outbox]]:
    """A notifier that tells these servers, and its outbox."""
    outbox = Outbox(path / "outbox.db")
    urls = [f"json://{server.address}/push?rto=1" for server in servers[1:]]
    given = {"wait": 0.0, "every": 0.0, "webhook": f"http://{servers[0].address}/hook", "urls": urls, **values}
    notifier = build_notifier(NotifyConfig(**given), outbox)  # type: ignore[arg-type]
    assert notifier is not None
    notifier.open()
    thread = threading.Thread(target=notifier.run)
    thread.start()
    try:
        yield notifier, outbox
    finally:
        began = time.monotonic()
        notifier.close()
        thread.join(5)
        assert time.monotonic() - began < 1.5, "it ends within a second or so"
        outbox.close()


def ids(server: Web) -> list[str]:
    return [json.loads(got.parts()["message"].get_payload(decode=True))["key"] for got in server.got]  # type: ignore[arg-type]


def test_an_event_is_told_to_everybody_with_its_picture(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="needs the extra [notify]")
    with web() as hook, web() as push, running(tmp_path, hook, push, on=["start", "end"]) as (notifier, _):
        notifier.hear(change(1, picture=True))
        notifier.hear(change(1, "update"))
        notifier.hear(change(1, "end"))
        hook.wait_for(2)
        push.wait_for(2)
        assert ids(hook) == [f"{event(1).id}/start", f"{event(1).id}/end"]
        pictures = [got.parts()["picture"].get_payload(decode=True) for got in hook.got]
        assert pictures[0] == pictures[1], "an end without a picture has the best so far"
        shown = cv2.imdecode(np.frombuffer(pictures[0], np.uint8), cv2.IMREAD_COLOR)  # type: ignore[arg-type]
        assert shown.shape == (480, 640, 3)
        contents = [json.loads(got.body) for got in push.got]
        assert [content["message"].split()[1] for content in contents] == ["start,", "end,"]
        assert all(content["attachments"] for content in contents)
        time.sleep(0.1)
        receivers = notifier.report()["receivers"].values()
        assert [(each["sent"], each["waiting"], each["trouble"]) for each in receivers] == [(2, 0, "")] * 2


def test_a_start_waits_for_a_better_picture(tmp_path: Path) -> None:
    with web() as hook, running(tmp_path, hook, wait=0.6) as (notifier, _):
        began = time.monotonic()
        notifier.hear(change(1))
        time.sleep(0.1)
        notifier.hear(change(1, "update", picture=True))
        (got,) = hook.wait_for(1)
        assert 0.5 < got.at - began < 2
        assert "picture" in got.parts()


def test_a_start_waits_no_longer_than_its_event(tmp_path: Path) -> None:
    with web() as hook, running(tmp_path, hook, wait=30) as (notifier, _):
        notifier.hear(change(1))
        notifier.hear(change(1, "end", picture=True))
        (got,) = hook.wait_for(1, 3)
        assert "picture" in got.parts()


def test_a_start_without_any_picture_is_told_all_the_same(tmp_path: Path) -> None:
    with web() as hook, running(tmp_path, hook, wait=0.1) as (notifier, _):
        notifier.hear(change(1))
        assert list(hook.wait_for(1)[0].parts()) == ["message"]


def test_closing_doesnt_wait_for_a_picture_and_loses_nothing(tmp_path: Path) -> None:
    with web() as hook:
        with running(tmp_path, hook, wait=30) as (notifier, _):
            notifier.hear(change(1, picture=True))
            time.sleep(0.1)
        assert hook.got == []
        with running(tmp_path, hook, wait=30):
            assert "picture" in hook.wait_for(1, 3)[0].parts()


def test_trouble_is_retried_and_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with web(500, "close", 503, 200) as hook, running(tmp_path, hook) as (notifier, _):
        for number in range(3):
            notifier.hear(change(number))
        hook.wait_for(6)
        assert ids(hook) == [f"{event(number).id}/start" for number in (0, 0, 0, 0, 1, 2)]
        gaps = np.diff([got.at for got in hook.got[:4]])
        assert gaps[0] < gaps[1] < gaps[2], "each pause is longer"
        time.sleep(0.1)
    assert caplog.text.count("not sent: HTTP 500; trying again for 24 h") == 1
    assert caplog.text.count("takes messages again") == 1
    assert len(caplog.records) == 2


def test_one_that_is_down_holds_up_nobody_else(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="needs the extra [notify]")
    with web("hang") as hook, web() as push, running(tmp_path, hook, push) as (notifier, _):
        for number in range(3):
            notifier.hear(change(number))
        push.wait_for(3)
        assert [each["waiting"] for name, each in notifier.report()["receivers"].items() if "webhook" in name] == [3]


def test_a_message_that_is_refused_is_dropped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with web(413, 200) as hook, running(tmp_path, hook) as (notifier, _):
        notifier.hear(change(1))
        notifier.hear(change(2))
        hook.wait_for(2)
    assert f"message {event(1).id}/start is given up: refused: HTTP 413" in caplog.text


def test_what_is_too_old_is_given_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with web(500) as hook, running(tmp_path, hook) as (notifier, outbox):
        notifier._senders[0]._give_up = 0.3
        for number in range(3):
            notifier.hear(change(number))
        end = time.monotonic() + 5
        while outbox.waiting(notifier._senders[0].sink) and time.monotonic() < end:
            time.sleep(0.02)
    assert caplog.text.count("is given up: not sent for") == 3
    assert ": HTTP 500" in caplog.text


def test_messages_survive_a_restart_and_come_once(tmp_path: Path) -> None:
    port = free_port()
    values = {"webhook": f"http://127.0.0.1:{port}/hook"}
    with web() as other:
        with running(tmp_path, other, **values) as (notifier, _):
            notifier.hear(change(1, picture=True))
            notifier.hear(change(2))
            time.sleep(0.1)
        outbox = Outbox(tmp_path / "outbox.db")
        waiting = outbox.report()["waiting"]
        assert list(waiting.values()) == [2]
        outbox.close()
        with running(tmp_path, other) as (notifier, _):  # another receiver now: those are nobody's any more
            time.sleep(0.1)
            assert other.got == []
            assert notifier.report()["receivers"].popitem()[1]["waiting"] == 0


def test_what_a_crash_took_is_told(tmp_path: Path) -> None:
    with Store(tmp_path) as store, web() as hook:
        for number in (0, 10, 100):
            store.put(event(number))
            store.put(event(number, "end"))
        store.kept(write(store.places, event(100), "snapshot", 20))
        with running(tmp_path, hook, every=30.0) as (notifier, _):
            assert notifier.catch_up(tmp_path, BEGAN - timedelta(minutes=1)) == 2
            hook.wait_for(2)
            assert ids(hook) == [f"{event(number).id}/start" for number in (0, 100)], "no more often than wanted"
            assert hook.got[1].parts()["picture"].get_payload(decode=True) == b"x" * 20
            assert notifier.catch_up(tmp_path, BEGAN - timedelta(minutes=1)) == 0


def test_a_broken_message_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with web() as hook, running(tmp_path, hook) as (notifier, outbox):
        outbox.put(notifier._senders[0].sink, "x/start", {"label": "person"})
        notifier.hear(change(1))
        hook.wait_for(1)
    assert "message x/start is given up: it can't be read" in caplog.text


def test_hearing_never_waits_for_a_network(tmp_path: Path) -> None:
    with web("drip") as hook, web("hang") as push, running(tmp_path, hook, push, on=["start", "end"]) as (notifier, _):
        took = []
        for number in range(30):
            for phase in ("start", "update", "end"):
                news = change(number, phase, picture=True)  # type: ignore[arg-type]
                began = time.perf_counter()
                notifier.hear(news)
                took.append(time.perf_counter() - began)
        assert sorted(took)[len(took) // 2] < 0.05
        assert max(took) < 3, "a busy disk may take a while, the receivers take for ever"


def test_memory_is_bounded(tmp_path: Path) -> None:
    with web("hang") as hook, running(tmp_path, hook, on=["end"], wait=30) as (notifier, _):
        for number in range(200):
            notifier.hear(change(number))
        assert len(notifier._pictures._shown) <= 64
