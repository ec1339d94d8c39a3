from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edgedet.batch.work import Item, units_of


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 9))
def test_units_hold_every_item_once_and_in_order(small: list[bool], chunk: int) -> None:
    items = [Item(f"{number}{'.jpg' if each else '.mp4'}") for number, each in enumerate(small)]
    units = units_of(items, chunk, lambda item: item.key.endswith(".jpg"))
    assert [item for unit in units for item in unit.items] == items
    assert [unit.number for unit in units] == list(range(len(units)))
    assert all(len(unit.items) <= chunk for unit in units)
    assert all(len(unit.items) == 1 for unit in units if unit.items[0].key.endswith(".mp4"))
