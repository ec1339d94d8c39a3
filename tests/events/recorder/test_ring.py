from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edgedet.capture.tap import EncodedPacket, EncodedStream
from edgedet.events.recorder.ring import Ring

STREAM = EncodedStream("h264", b"sets", 160, 120)


def packet(number: int, key: bool, size: int = 10, step: float = 0.1) -> EncodedPacket:
    return EncodedPacket(bytes(size), number * step, 0.0, key, STREAM)


def filled(count: int, group: int, seconds: float = 100, most: int = 10**9, size: int = 10) -> Ring:
    ring = Ring(seconds, most)
    for number in range(count):
        ring.put(packet(number, number % group == 0, size))
    return ring


@given(
    keys=st.lists(st.booleans(), max_size=120),
    sizes=st.lists(st.integers(1, 400), min_size=120, max_size=120),
    most=st.integers(1, 4000),
    seconds=st.floats(0, 12),
    held=st.none() | st.integers(0, 120),
)
def test_always_begins_with_a_key_frame_and_never_holds_too_much(
    keys: list[bool], sizes: list[int], most: int, seconds: float, held: int | None
) -> None:
    ring = Ring(seconds, most)
    ring.hold(held)
    put = [packet(number, key, size) for number, (key, size) in enumerate(zip(keys, sizes, strict=False))]
    for each in put:
        ring.put(each)
        assert ring.size <= most
    first, packets = ring.after(0)
    assert packets == put[first : first + len(packets)]
    assert ring.size == sum(len(each.data) for each in packets)
    if packets:
        assert packets[0].key
        assert packets[-1] is put[-1]
    if packets and not ring.dropped and put and put[-1].elapsed > seconds:
        assert packets[0].elapsed <= put[-1].elapsed - seconds


def test_reaches_back_as_far_as_asked_and_a_group_at_most_beyond() -> None:
    ring = filled(500, group=10, seconds=5)
    first, packets = ring.after(0)
    assert 5 <= packets[-1].elapsed - packets[0].elapsed <= 6
    assert ring.dropped == 0
    assert ring.reach == packets[-1].elapsed - packets[0].elapsed
    assert first == 440


def test_what_is_being_written_stays() -> None:
    ring = Ring(1, 10**9)
    ring.hold(15)
    for number in range(100):
        ring.put(packet(number, number % 10 == 0))
    assert ring.after(0)[0] == 10
    ring.hold(None)
    ring.put(packet(100, True))
    assert ring.after(0)[0] == 90


def test_memory_comes_first_and_what_it_costs_is_counted() -> None:
    ring = filled(100, group=10, most=255)
    first, packets = ring.after(0)
    assert (first, len(packets)) == (80, 20)
    assert ring.dropped == 80


def test_a_group_larger_than_the_memory_is_not_held() -> None:
    ring = filled(50, group=1000, most=200)
    assert ring.after(0) == (50, [])
    assert ring.dropped == 50
    ring.put(packet(50, True))
    assert ring.after(0)[0] == 50


def test_find_is_the_key_frame_at_or_before() -> None:
    ring = filled(100, group=10)
    assert [ring.find(second) for second in (0, 0.95, 1.0, 5.55, 99)] == [0, 0, 10, 50, 90]
    assert ring.find(-5) == 0


def test_reading_on_in_batches_gives_everything_once() -> None:
    ring, seen, cursor = filled(95, group=10), 0, 3
    while (found := ring.after(cursor, 7))[1]:
        assert found[0] == cursor
        cursor, seen = cursor + len(found[1]), seen + len(found[1])
    assert (cursor, seen) == (95, 92)
