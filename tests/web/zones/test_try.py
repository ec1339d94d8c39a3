from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from edgedet.config import TrackingConfig, ZoneConfig
from edgedet.config.rules import RuleConfig
from edgedet.events.store import Store
from edgedet.types import Detections, Frame, FrameResult
from edgedet.web import trying
from edgedet.web.courses import Told, courses_of
from edgedet.web.replayed import Drawing, Scene, replay
from tests.web.driving import Browser, SmallControl, a_result
from tests.web.events.stored import TODAY, event, put, walk

URL = "/api/zones/camera/try"
LEFT = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]


def ids(events: list[dict[str, Any]]) -> list[list[str]]:
    return [each["ids"] for each in events]


def test_what_would_have_been_kept(viewer: Browser, store: Store) -> None:
    """One walks through the whole picture, one stays on the right, one came yesterday, one is still there."""
    across, right = put(store, event(1), files=False), event(2)
    put(store, right, files=False, track=walk(right, 0.6, 0.9))
    put(store, event(3, "start"), files=False)
    old = event(4, started=TODAY - timedelta(days=2), ended=TODAY - timedelta(days=2))
    put(store, old, files=False)
    rules = {"person": {"zones": ["left"], "threshold": 0.7}}
    tried = viewer.post(URL, json={"zones": {"left": {"polygon": LEFT}}, "rules": rules}).json()
    assert ids(tried["before"]) == [[across.id], [right.id]]
    assert ids(tried["after"]) == [[across.id]]
    found = tried["comparison"]
    assert (ids(found["disappeared"]), found["appeared"], found["same"]) == ([[right.id]], [], 0)
    (changed,) = found["changed"]
    assert changed["differences"] == {"zones": {"before": ["porch"], "after": ["left"]}}
    assert (tried["events"], tried["tried"], tried["unsure"]) == (3, 2, [])
    assert "1 of 3 events weren't tried" in tried["notes"][1]
    both = {"person": {"threshold": 0.7}, "man": {"label": "person"}}
    found = viewer.post(URL, json={"rules": both}).json()["comparison"]
    assert [(each["rule"], each["ids"]) for each in found["appeared"]] == [("man", [across.id]), ("man", [right.id])]
    assert found["same"] == 2


def test_the_same_drawing_changes_nothing(viewer: Browser, store: Store) -> None:
    made = [put(store, event(n), files=False) for n in range(3)]
    tried = viewer.post(URL, json={}).json()
    assert ids(tried["after"]) == [[each.id] for each in made]
    assert tried["comparison"] == {"appeared": [], "disappeared": [], "changed": [], "same": 3}


def test_a_line_tells_who_crosses_it(viewer: Browser, store: Store) -> None:
    right, left = event(1), event(2)
    put(store, right, files=False, track=walk(right, 0.1, 0.9))
    put(store, left, files=False, track=walk(left, 0.9, 0.1))
    lines = {"gate": {"points": [[0.5, 1], [0.5, 0]], "direction": "right"}}
    tried = viewer.post(URL, json={"lines": lines, "rules": {"person": {"lines": ["gate"]}}}).json()
    assert ids(tried["after"]) == [[right.id]]
    assert tried["after"][0]["lines"] == ["gate:right"]


def test_a_zone_nobody_names_is_noted(viewer: Browser, store: Store) -> None:
    tried = viewer.post(URL, json={"zones": {"left": {"polygon": LEFT}}}).json()
    assert any(note.startswith("zones.left: no rule names it") for note in tried["notes"])
    assert (tried["events"], tried["before"], tried["after"]) == (0, [], [])


def test_what_the_model_does_not_know_is_refused(viewer: Browser, store: Store, control: SmallControl) -> None:
    put(store, event(1), files=False)
    control.results["camera"] = a_result()
    answer = viewer.post(URL, json={"rules": {"unicorn": {}}})
    assert (answer.status_code, '"unicorn" is no label' in answer.json()["detail"]) == (422, True)


def test_an_event_that_no_settings_make_again_is_said_to_be_unsure(viewer: Browser, store: Store) -> None:
    faint = event(1)
    put(store, event(2), files=False)
    put(store, faint, files=False, track=[[faint.begin, 0.1, 0.1, 0.2, 0.5, 0.9]])
    assert viewer.post(URL, json={}).json()["unsure"] == [faint.id]


def test_only_so_much_is_tried(viewer: Browser, store: Store, monkeypatch: Any) -> None:
    monkeypatch.setattr(trying, "MOST_S", 15.0)
    made = [put(store, event(n), files=False) for n in range(5)]
    tried = viewer.post(URL, json={}).json()
    assert (tried["events"], tried["tried"]) == (5, 2)
    assert ids(tried["before"]) == [[each.id] for each in made[-2:]]


def test_two_at_once_are_too_many(viewer: Browser, store: Store) -> None:
    put(store, event(1), files=False)
    with trying._one_at_a_time:
        assert viewer.post(URL, json={}).status_code == 429
    assert viewer.post(URL, json={}).status_code == 200


def told(number: int, rule: str = "person", track: int = 1, begin: float = 0.0, seconds: float = 6.0) -> Told:
    made = event(
        number, rule=rule, track_id=track, begin=begin, end=begin + seconds, started=TODAY + timedelta(0, begin)
    )
    rows = tuple(tuple(row) for row in walk(made))
    return Told(made.id, "person", rule, track, made.started, begin, made.end, 0.9, rows)  # type: ignore[arg-type]


def test_two_events_of_one_object_are_one_object() -> None:
    both = [told(1), told(2, rule="late", begin=1.0), told(3, begin=100.0), told(4, track=2)]
    courses = courses_of(both)
    assert [[each.id for each in course.told] for course in courses] == [[both[n].id for n in (0, 1, 2)], [both[3].id]]
    assert [len(course.pieces) for course in courses] == [2, 1]


def test_who_stands_still_from_the_start_is_no_event() -> None:
    parked = told(1, seconds=60)
    rows = tuple((row[0], 0.4, 0.3, 0.5, 0.8, 0.9) for row in parked.track)
    still = Told(parked.id, "person", "person", 1, parked.started, 0.0, 60.0, 0.9, rows)
    scene = Scene("camera", ("person",), 16 / 9, TrackingConfig())
    waits = Drawing({}, {}, {"person": RuleConfig(dwell=20.0)})
    away = Drawing({"z": ZoneConfig(polygon=LEFT, exclude=True)}, {}, {"person": RuleConfig()})
    there, gone, moving = replay(scene, courses_of([still]), (waits, away, Drawing({}, {}, {})))
    assert [len(there), len(gone), len(moving)] == [1, 0, 1]
    assert there[0].stationary


def test_the_picture_has_its_shape(viewer: Browser, store: Store, control: SmallControl) -> None:
    """A box of 0.1 by 0.5 is 0.2 times as wide as high in a square, and 0.36 times in 16:9."""
    put(store, event(1), files=False)
    body = {"rules": {"person": {"max_ratio": 0.25}}}
    assert viewer.post(URL, json=body).json()["after"] == []
    square = Frame(np.zeros((90, 90, 3), np.uint8), 0, 0, 0, 0, TODAY, "test:")
    control.results["camera"] = FrameResult(square, Detections.empty(("person",)), camera="camera")
    assert len(viewer.post(URL, json=body).json()["after"]) == 1
