"""Whatever breaks when: an event that a broker may have forgotten is told again, in order, and no older one."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as some

from edgedet.mqtt.told import Told
from edgedet.outbox import Item

SECONDS = 40.0


def item(number: int) -> Item:
    return Item(number, "mqtt", f"{number}/start", {}, b"picture", 0, datetime.now(UTC))


def again(told: Told) -> list[int]:
    found = []
    while (each := told.next()) is not None:
        found.append(each.id)
        told.repeated()
    return found


def test_only_the_last_seconds_and_without_pictures() -> None:
    now = [0.0]
    told = Told(SECONDS, lambda: now[0])
    for number in range(10):
        now[0] = number * 10.0
        told.add(item(number))
    told.lost()
    first = told.next()
    assert first is not None
    assert first.picture is None
    assert again(told) == [5, 6, 7, 8, 9]
    assert again(told) == []


def test_without_seconds_nothing_is_told_again() -> None:
    told = Told(0)
    told.add(item(1))
    told.lost()
    assert told.next() is None


@given(some.lists(some.tuples(some.sampled_from(["tell", "lose", "repeat"]), some.floats(0, 30)), max_size=60))
def test_a_broker_that_writes_by_the_clock_has_everything_in_the_end(steps: list[tuple[str, float]]) -> None:
    """The broker: what it was told stays with it once it is older than SECONDS; each loss takes what isn't."""
    now, told, number = [0.0], Told(SECONDS, lambda: now[0]), 0
    safe: set[int] = set()
    shaky: dict[int, float] = {}

    def settle() -> None:
        for each, since in list(shaky.items()):
            if now[0] - since > SECONDS:
                safe.add(each)
                del shaky[each]

    def tell(event: Item) -> None:
        shaky[event.id] = now[0]

    for step, pause in steps:
        now[0] += pause
        settle()
        if step == "lose":
            shaky.clear()
            told.lost()
        elif (waiting := told.next()) is not None:  # nothing new before what has to be repeated
            tell(waiting)
            told.repeated()
        elif step == "tell":
            tell(item(number))
            told.add(item(number))
            number += 1
    while (waiting := told.next()) is not None:
        tell(waiting)
        told.repeated()
    assert safe | set(shaky) == set(range(number))
