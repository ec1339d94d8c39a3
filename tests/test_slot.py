"""Newest wins when live; nothing is lost when not."""

from __future__ import annotations

import threading
import time

from edgedet.slot import Slot


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
