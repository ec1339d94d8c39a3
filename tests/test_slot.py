"""Newest wins when live; nothing is lost when not."""

from __future__ import annotations

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from edgedet.slot import Slot, Turns


def test_the_newest_wins_and_drops_are_counted() -> None:
    slot = Slot[int]()
    assert all(slot.put(i) for i in range(5))
    assert slot.dropped == 4
    assert slot.get() == 4
    assert slot.get(timeout=0.01) is None


def test_lossless_hands_over_everything_in_order() -> None:
    slot, taken = Slot[int](lossless=True), []

    def produce() -> None:
        for i in range(500):
            slot.put(i)
        slot.close()

    thread = threading.Thread(target=produce)
    thread.start()
    for item in slot:
        taken.append(item)
    thread.join()
    assert taken == list(range(500))
    assert slot.dropped == 0


def test_closing_wakes_a_waiting_consumer_and_a_waiting_producer() -> None:
    empty, full = Slot[int](), Slot[int](lossless=True)
    full.put(1)
    full.put(2)
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda: results.append(empty.get())),
        threading.Thread(target=lambda: results.append(full.put(3))),
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    empty.close()
    full.close()
    for thread in threads:
        thread.join(5)
    assert sorted(results, key=str) == [False, None]
    assert list(full) == [1, 2]


def test_a_closed_slot_gives_what_it_holds_unless_told_to_discard() -> None:
    kept, gone = Slot[int](), Slot[int]()
    kept.put(1)
    gone.put(1)
    kept.close()
    gone.close(discard=True)
    assert (kept.get(), kept.get(), gone.get()) == (1, None, None)
    assert not kept.put(2)
    assert kept.closed


@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_turns_lose_nothing_keep_each_order_and_starve_nobody(puts: list[str]) -> None:
    turns = Turns[tuple[str, int]]("abc", lossless="abc")
    given: dict[str, list[int]] = {name: [] for name in "abc"}
    for number, name in enumerate(puts):
        if len(turns[name]) < 2:
            turns[name].put((name, number))
            given[name].append(number)
    turns.close()
    taken = list(turns)
    assert all(name == item[0] for name, item in taken)
    for name in "abc":
        assert [item[1] for n, item in taken if n == name] == given[name]
    waiting = [name for name in "abc" if given[name]]
    assert sorted(name for name, _ in taken[: len(waiting)]) == waiting  # each once before any a second time


def test_turns_wake_for_whoever_comes_first_and_end_with_the_last() -> None:
    turns, taken = Turns[int](["slow", "quick"]), list[tuple[str, int]]()
    thread = threading.Thread(target=lambda: taken.extend(turns))
    thread.start()
    turns["quick"].put(1)
    time.sleep(0.05)
    turns["quick"].close()
    turns["slow"].put(2)
    time.sleep(0.05)
    assert thread.is_alive()
    turns["slow"].close()
    thread.join(2)
    assert taken == [("quick", 1), ("slow", 2)]
    assert turns.closed


def test_nothing_is_an_item_too() -> None:
    turns = Turns[int | None](["front"])
    turns["front"].put(None)
    turns.close()
    assert list(turns) == [("front", None)]
