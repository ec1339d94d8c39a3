from __future__ import annotations

from datetime import datetime

import cv2
import numpy as np

from edgedet.events.store import Store
from tests.web.driving import Browser
from tests.web.events.stored import TODAY, event, put


def test_a_day_as_bars(viewer: Browser, store: Store) -> None:
    first, second = put(store, event(0)), put(store, event(1, "start"))
    put(store, event(2, camera="back"), files=False)
    name = f"{TODAY.astimezone():%Y-%m-%d}"
    day = viewer.get(f"/api/timeline/{name}", params={"camera": "camera"}).json()
    assert (day["day"], day["left_out"]) == (name, 0)
    begin, end = datetime.fromisoformat(day["begin"]), datetime.fromisoformat(day["end"])
    assert begin <= TODAY < end
    assert [(each["id"], each["going_on"], each["thumbnail"]) for each in day["events"]] == [
        (first.id, False, f"api/events/{first.id}/thumbnail"),
        (second.id, True, None),
    ]
    assert datetime.fromisoformat(day["events"][0]["until"]) == first.ended


def test_a_day_as_a_picture(viewer: Browser, store: Store) -> None:
    name = f"{TODAY.astimezone():%Y-%m-%d}.png"
    empty = viewer.get(f"/api/timeline/{name}")
    put(store, event(0))
    drawn = viewer.get(f"/api/timeline/{name}")
    assert drawn.headers["content-type"] == "image/png"
    images = [cv2.imdecode(np.frombuffer(each.content, np.uint8), cv2.IMREAD_COLOR) for each in (empty, drawn)]
    assert images[1].shape[1] == 1600
    assert images[1].shape[0] > images[0].shape[0], "with an event there are thumbnails"


def test_days_have_names(viewer: Browser, store: Store) -> None:
    for day in ("today", "yesterday", "monday", "2026-11-20"):
        assert viewer.get(f"/api/timeline/{day}").status_code == 200, day


def test_other_words_are_no_days(viewer: Browser, store: Store) -> None:
    for day in ("last night", "now", "2026-13-40", "whenever", "last week", "0000-00-00", "9999-12-31"):
        answer = viewer.get(f"/api/timeline/{day}")
        assert (answer.status_code, answer.json()["detail"][:5]) == (422, "day: "), day
