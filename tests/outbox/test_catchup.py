from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from edgedet.events.store import Store, StoreError
from edgedet.outbox import Outbox, catch_up
from tests.events.store.made import BEGAN, event, write
from tests.outbox.test_outbox import take


def test_what_the_crash_took_is_put_in_order_and_once(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in (0, 100, 103):
            store.put(event(number))
            store.put(event(number, "end"))
        picture = write(store.places, event(103), "snapshot", 20)
        store.kept(picture)
        store.put(event(200))  # goes on
        outbox = Outbox(tmp_path / "outbox.db")
        first = event(100)
        outbox.put("push", f"{first.id}/start", first.to_dict())
        outbox.done(take(outbox))
        since = BEGAN + timedelta(seconds=90)
        assert catch_up(outbox, ["push"], tmp_path, since) == 4
        items = []
        while (item := outbox.next("push")) is not None:
            items.append(item)
            outbox.done(item)
        assert [item.key for item in items] == [
            f"{event(103).id}/start",
            f"{first.id}/end",
            f"{event(103).id}/end",
            f"{event(200).id}/start",
        ]
        assert [item.message["phase"] for item in items] == ["start", "end", "end", "start"]
        assert items[0].message["ended"] is None
        assert [item.picture for item in items] == [b"x" * 20, None, b"x" * 20, None]
        assert catch_up(outbox, ["push"], tmp_path, since) == 0
        assert catch_up(outbox, ["mqtt"], tmp_path, since, lambda each: each.phase == "end") == 2
        outbox.close()


def test_without_a_store_there_is_one_line(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox.db")
    with pytest.raises(StoreError, match="no events are kept here"):
        catch_up(outbox, ["push"], tmp_path, BEGAN)
    outbox.close()
