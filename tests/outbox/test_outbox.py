from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edgedet.errors import OutputError
from edgedet.outbox import Item, Outbox
from edgedet.outbox.file import MessageFile


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = Outbox(tmp_path / "outbox.db")
    yield box
    box.close()


def take(outbox: Outbox, sink: str = "push") -> Item:
    item = outbox.next(sink)
    assert item is not None
    return item


def drain(outbox: Outbox, sink: str = "push") -> list[str]:
    keys = []
    while (item := outbox.next(sink)) is not None:
        keys.append(item.key)
        outbox.done(item)
    return keys


def test_a_message_comes_back_as_it_was_put(outbox: Outbox) -> None:
    message = {"label": "Käse", "score": 0.5, "zones": ["a"], "ended": None}
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    assert outbox.put("push", "1/start", message, b"\xff\xd8jpeg\x00")
    item = take(outbox)
    assert (item.sink, item.key, item.message, item.picture) == ("push", "1/start", message, b"\xff\xd8jpeg\x00")
    assert before <= item.put_at <= datetime.now(UTC)
    assert item.tries == 0
    assert take(outbox).id == item.id, "it stays until it is done"


def test_each_sink_has_its_own_order(outbox: Outbox) -> None:
    for number in range(5):
        outbox.put("push", f"{number}", {})
        outbox.put("mqtt", f"{number}", {})
    assert outbox.waiting("push") == 5
    assert drain(outbox, "mqtt") == list("01234")
    assert drain(outbox, "push") == list("01234")
    assert outbox.waiting("push") == outbox.waiting("mqtt") == 0


def test_a_key_is_put_once_even_after_it_was_sent_and_after_a_restart(outbox: Outbox, tmp_path: Path) -> None:
    assert outbox.put("push", "a", {})
    assert not outbox.put("push", "a", {})
    assert outbox.put("mqtt", "a", {})
    outbox.done(take(outbox))
    assert not outbox.put("push", "a", {})
    assert outbox.knows("push", "a")
    outbox.close()
    again = Outbox(tmp_path / "outbox.db")
    assert not again.put("push", "a", {})
    assert [again.waiting("push"), again.waiting("mqtt")] == [0, 1]
    again.close()


def test_what_is_put_off_holds_back_those_behind_it_and_no_other_sink(outbox: Outbox) -> None:
    outbox.put("push", "1", {})
    outbox.put("push", "2", {})
    outbox.put("mqtt", "1", {})
    outbox.later(take(outbox), 0.15)
    assert outbox.next("push") is None
    assert take(outbox, "mqtt").key == "1"
    began = time.monotonic()
    assert outbox.wait("push", 5)
    assert 0.1 < time.monotonic() - began < 1
    assert (take(outbox).key, take(outbox).tries) == ("1", 1)
    outbox.later(take(outbox), 0)
    assert take(outbox).tries == 2
    outbox.drop(take(outbox), "too late")
    assert (take(outbox).key, take(outbox).tries) == ("2", 0), "the next begins anew"


def test_waiting_ends_with_a_message_a_wake_or_the_time(outbox: Outbox) -> None:
    assert not outbox.wait("push", 0.01)
    threading.Timer(0.1, lambda: outbox.put("push", "1", {})).start()
    assert outbox.wait("push", 5)
    outbox.done(take(outbox))
    threading.Timer(0.1, outbox.wake).start()
    began = time.monotonic()
    assert not outbox.wait("push", 5)
    outbox.wake()  # while nobody waits: it isn't missed
    assert not outbox.wait("push", 5)
    assert time.monotonic() - began < 2
    assert not outbox.wait("push", 0.01)


def test_the_oldest_of_all_is_dropped_when_too_many_wait(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(tmp_path / "outbox.db", most=3)
    for number in range(5):
        outbox.put("push" if number else "mqtt", f"{number}", {})
    assert "mqtt: message 0 is given up: more than 3 messages wait" in caplog.text
    assert outbox.report() == {"waiting": {"push": 3}, "dropped": {"mqtt": 1, "push": 1}, "on_disk": True}
    assert drain(outbox) == list("234")
    assert not outbox.put("push", "1", {}), "a message that was dropped doesn't come back"
    outbox.close()


def test_a_message_is_done_once(outbox: Outbox) -> None:
    outbox.put("push", "1", {})
    outbox.put("push", "2", {})
    first = take(outbox)
    outbox.done(first)
    outbox.done(first)
    assert outbox.waiting("push") == 1


def test_only_its_owner_may_read_it(outbox: Outbox, tmp_path: Path) -> None:
    outbox.put("push", "1", {})
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()} == {
        "outbox.db": "0o600",
        "outbox.db-wal": "0o600",
    }


def test_a_second_process_is_refused(outbox: Outbox, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="another program holds the database; end it or try again"):
        Outbox(tmp_path / "outbox.db")


def test_many_threads_share_it(outbox: Outbox) -> None:
    def put(sender: int) -> None:
        for number in range(20):
            outbox.put("push", f"{sender}/{number}", {})

    sent: list[str] = []
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(put, sender) for sender in range(4)]
        while len(sent) < 80:
            assert outbox.wait("push", 10)
            item = take(outbox)
            sent.append(item.key)
            outbox.done(item)
        for job in jobs:
            job.result()
    for sender in range(4):
        assert [key for key in sent if key.startswith(f"{sender}/")] == [f"{sender}/{n}" for n in range(20)]


def test_old_keys_are_forgotten_by_age_and_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "outbox.db"
    file = MessageFile(path)
    for number in range(6):
        file.put("push", f"{number}", "{}", b"x" * 100_000, datetime.now(UTC))
    for number in range(4):
        file.finish("push", f"{number}")
    monkeypatch.setattr("edgedet.outbox.file.REMEMBER_MOST", 2)
    file.prune()
    assert [file.knows("push", f"{number}") for number in range(6)] == [False, False, True, True, True, True]
    monkeypatch.setattr("edgedet.outbox.file.REMEMBER", timedelta(0))
    time.sleep(0.01)
    file.prune()
    assert [file.knows("push", f"{number}") for number in range(6)] == [False] * 4 + [True] * 2, "what waits stays"
    file.close()
    assert path.stat().st_size < 300_000, "the room was given back"


def test_the_newest_is_when_the_last_was_put(outbox: Outbox) -> None:
    assert outbox.newest() is None
    outbox.put("push", "1", {})
    newest = outbox.newest()
    assert newest is not None
    assert abs((datetime.now(UTC) - newest).total_seconds()) < 5


def test_after_it_is_closed_nothing_fails(outbox: Outbox) -> None:
    outbox.put("push", "1", {})
    item = take(outbox)
    outbox.close()
    assert outbox.next("push") is None
    outbox.done(item)
    outbox.put("push", "2", {})
    outbox.close()
