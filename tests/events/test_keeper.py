"""What happened is kept before it is told; a store that fails costs nothing once it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edgedet.event import Event
from edgedet.events import keeper as keeper_module
from edgedet.events.change import Change
from edgedet.events.keeper import Keeper
from edgedet.events.store import Store
from edgedet.events.store.reading import Query, query
from edgedet.events.store.sweep import Swept
from tests.events.store.made import BEGAN, event, write


class Told:
    """A listener that passes the event on."""

    def __init__(self, tell: Callable[[Event], object]) -> None:
        self._tell = tell

    def hear(self, change: Change) -> None:
        self._tell(change.event)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "events"


@pytest.fixture
def run() -> Iterator[Callable[[Keeper], None]]:
    running: list[tuple[Keeper, threading.Thread]] = []

    def start(keeper: Keeper) -> None:
        thread = threading.Thread(target=keeper.run)
        thread.start()
        running.append((keeper, thread))

    yield start
    for keeper, thread in running:
        keeper.close()
        thread.join(5)
        assert not thread.is_alive()


def test_an_event_is_on_the_disk_when_it_is_told(root: Path, run: Callable[[Keeper], None]) -> None:
    kept: list[list[str]] = []
    told = threading.Event()

    def tell(_: Event) -> None:
        kept.append([each.event.id for each in query(root, Query())])
        told.set()

    keeper = Keeper(Store(root), Told(tell))
    run(keeper)
    keeper.put(Change(event()))
    assert told.wait(10)
    assert kept == [[event().id]]


def test_the_recorder_of_the_camera_hears_of_it_after_the_store(root: Path, run: Callable[[Keeper], None]) -> None:
    class Recorder:
        def __init__(self) -> None:
            self.heard: list[tuple[str, bool]] = []

        def event(self, change: Change) -> None:
            self.heard.append((change.event.phase, store.places.sidecar(change.event.id).exists()))

        def wait_begun(self, event_id: str, seconds: float) -> bool:
            self.heard.append(("waited", bool(told)))
            return True

    told: list[str] = []
    store, front, back = Store(root), Recorder(), Recorder()
    keeper = Keeper(store, Told(lambda each: told.append(each.phase)))
    keeper.recorders = {"front": front, "back": back}
    run(keeper)
    keeper.put(Change(event(1)), Change(event(1, "end")))
    keeper.settle(10)
    assert front.heard == [("start", True), ("waited", False), ("end", True)]
    assert told == ["start", "end"]
    assert back.heard == []


def test_what_waited_for_the_store_is_kept_when_it_is_back(
    root: Path, run: Callable[[Keeper], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeper_module, "RETRY_FIRST", 0.2)
    told: list[str] = []
    store = Store(root / "not there yet" / "events", clock=lambda: BEGAN)
    keeper = Keeper(store, Told(lambda each: told.append(each.id)))
    run(keeper)
    for number in range(3):
        keeper.put(Change(event(number)), Change(event(number, "end")))
    keeper.settle(10)
    assert (len(told), keeper.told, keeper.late) == (6, 3, 6)
    (root / "not there yet").mkdir(parents=True)
    deadline = threading.Event()
    for _ in range(100):
        if not keeper.late:
            break
        deadline.wait(0.1)
    assert [each.event.phase for each in query(store.places.root, Query())] == ["end"] * 3
    assert len([r for r in caplog.records if r.levelname == "ERROR"]) == 1


def test_without_a_store_events_are_only_told(run: Callable[[Keeper], None]) -> None:
    told: list[str] = []
    keeper = Keeper(None, Told(lambda each: told.append(each.phase)))
    run(keeper)
    keeper.put(Change(event()), Change(event(phase="end")))
    keeper.settle(10)
    assert told == ["start", "end"]


def test_of_too_much_that_waits_updates_go_first(
    root: Path, run: Callable[[Keeper], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper_module, "LATE_MOST", 4)
    monkeypatch.setattr(keeper_module, "RETRY_FIRST", 0.01)
    keeper = Keeper(Store(root / "no" / "where"))
    run(keeper)
    for number in range(3):
        keeper.put(*(Change(event(number, phase)) for phase in ("start", "update")))
        keeper.settle(10)
        threading.Event().wait(0.1)
    assert keeper.late == 4
    assert keeper.lost == 2


def test_a_listener_that_fails_keeps_nobody_from_hearing(
    run: Callable[[Keeper], None], caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def fail(_: Event) -> None:
        raise OSError("no route")

    keeper = Keeper(None, Told(fail), Told(lambda each: told.append(each.phase)))
    run(keeper)
    keeper.put(Change(event()), Change(event(phase="end")))
    keeper.settle(10)
    assert told == ["start", "end"]
    assert [record.message for record in caplog.records] == [f"Told: event {event().id}: no route"] * 2


def test_much_that_is_kept_makes_room_at_once(root: Path, run: Callable[[Keeper], None]) -> None:
    swept: list[int] = []

    class Watched(Store):
        def sweep(self, *args: object, **kwargs: object) -> Swept:
            swept.append(len(query(root, Query())))
            return super().sweep()

    store = Watched(root, clock=lambda: BEGAN)
    keeper = Keeper(store)
    run(keeper)
    for number in range(3):
        keeper.put(Change(event(number)), Change(event(number, "end")))
        keeper.settle(10)
        keeper.put(write(store.places, event(number, "end"), size=5_000_000))
        keeper.settle(10)
    assert swept == [1, 2], "at the start, and after 10 MB; a minute isn't over"
