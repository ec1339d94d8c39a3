from __future__ import annotations

from datetime import timedelta

import pytest

from edgedet.events.store import Store, delete
from tests.web.driving import Browser, SmallControl
from tests.web.events.stored import TODAY, event, put


def numbers(browser: Browser, **wanted: object) -> list[int]:
    answer = browser.get("/api/events", params=wanted)
    assert answer.status_code == 200, answer.text
    return [int(each["id"][-4:], 16) for each in answer.json()["events"]]


@pytest.fixture
def five(store: Store) -> list[str]:
    """Numbers 0 to 4; 1 is a cat on the porch, 3 is of another camera, 4 goes on."""
    made = [
        put(store, event(0), files=False),
        put(store, event(1, label="cat", zones=("porch",)), files=False),
        put(store, event(2)),
        put(store, event(3, camera="back"), files=False),
        put(store, event(4, "start")),
    ]
    return [each.id for each in made]


@pytest.mark.usefixtures("five")
def test_filters(viewer: Browser) -> None:
    assert numbers(viewer) == [4, 3, 2, 1, 0]
    assert numbers(viewer, label="cat") == [1]
    assert numbers(viewer, label=["cat", "person"], camera="camera") == [4, 2, 1, 0]
    assert numbers(viewer, zone="porch") == [1]
    assert numbers(viewer, camera="back") == [3]
    assert numbers(viewer, kept=True) == []
    since, until = (TODAY + timedelta(minutes=n) for n in (1, 3))
    assert numbers(viewer, since=since.isoformat(), until=until.isoformat()) == [2, 1]


def test_filters_by_time_leave_out_what_began_later(viewer: Browser, five: list[str]) -> None:
    until = (TODAY + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert numbers(viewer, until=until) == [1, 0]
    assert numbers(viewer, until=until.removesuffix("Z")) == [1, 0], "without a zone it is UTC"


def test_an_event_has_its_files_and_its_track(viewer: Browser, five: list[str]) -> None:
    listed = viewer.get("/api/events").json()["events"][2]
    assert listed["id"] == five[2]
    assert listed["files"] == {
        kind: f"api/events/{five[2]}/{kind}" for kind in ("clip", "snapshot", "clean", "thumbnail")
    }
    assert listed["media"]["clip"] == {"size": listed["media"]["clip"]["size"], "begin": 1118.0, "seconds": 1.0}
    detail = viewer.get(f"/api/events/{five[2]}").json()
    assert detail == listed | {"track": detail["track"], "verdicts": detail["verdicts"]}
    assert len(detail["track"]) == 31
    assert detail["track"][0] == [1120.0, 0.05, 0.3, 0.15, 0.8, 0.85]
    assert [each["condition"] for each in detail["verdicts"]] == ["threshold"]
    open_one = viewer.get(f"/api/events/{five[4]}").json()
    assert (open_one["phase"], open_one["ended"], open_one["track"], open_one["verdicts"]) == ("start", None, [], [])


def test_pages_have_each_event_once_even_when_many_began_together(viewer: Browser, store: Store) -> None:
    together = [event(n, started=TODAY) for n in range(23)]
    for each in together:
        put(store, each, files=False)
    seen: list[str] = []
    before = None
    while True:
        page = viewer.get("/api/events", params={"limit": 5} | ({"before": before} if before else {})).json()
        seen += [each["id"] for each in page["events"]]
        before = page["next"]
        if before is None:
            break
    assert seen == sorted((each.id for each in together), reverse=True)


def test_a_page_goes_on_after_its_last_event_was_deleted(viewer: Browser, store: Store, control: SmallControl) -> None:
    for n in range(6):
        put(store, event(n), files=False)
    page = viewer.get("/api/events", params={"limit": 3}).json()
    assert control.storage is not None
    delete(control.storage, [page["next"]])
    assert numbers(viewer, before=page["next"]) == [2, 1, 0]


NONSENSE: list[dict[str, object]] = [
    {"limit": 0},
    {"limit": 201},
    {"before": "../../etc/passwd"},
    {"before": "20261121-104455.123-front-7f3a/../x"},
    {"camera": "a/b"},
    {"zone": "x" * 65},
    {"since": "yesterday"},
    {"since": "9" * 400},
    {"kept": "perhaps"},
    {"label": ""},
    {"label": ["a"] * 65},
]


def test_nonsense_is_refused_in_one_line(viewer: Browser, store: Store) -> None:
    for wanted in NONSENSE:
        answer = viewer.get("/api/events", params=wanted)
        assert answer.status_code == 422, wanted
        assert "\n" not in answer.json()["detail"]


def test_a_page_of_an_event_that_can_not_be_is_refused(viewer: Browser, store: Store) -> None:
    assert viewer.get("/api/events", params={"before": "99999999-999999.999-front-7f3a"}).status_code == 404


def test_words_of_sql_are_only_words(viewer: Browser, five: list[str]) -> None:
    assert numbers(viewer, label="' OR 1=1 --") == []
    assert numbers(viewer) == [4, 3, 2, 1, 0]


def test_without_storage_the_remedy_is_told(viewer: Browser, control: SmallControl) -> None:
    config = control.settings.config.model_copy(
        update={"storage": control.settings.config.storage.model_copy(update={"path": None})}
    )
    object.__setattr__(control.settings, "config", config)
    answer = viewer.get("/api/events")
    assert (answer.status_code, "storage.path" in answer.json()["detail"]) == (409, True)


def test_a_disk_that_vanished_is_said_to_be(viewer: Browser, five: list[str], control: SmallControl) -> None:
    assert control.storage is not None
    control.storage.rename(control.storage.with_name("unplugged"))
    control.storage.mkdir()  # the mount point stays, empty
    for path in ("", f"/{five[2]}", f"/{five[2]}/clip", f"/{five[2]}/explain"):
        answer = viewer.get(f"/api/events{path}")
        assert answer.status_code == 503, path
        assert "no events are kept here" in answer.json()["detail"]
