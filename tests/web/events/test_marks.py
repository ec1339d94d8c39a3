from __future__ import annotations

from edgedet.events.store import Query, Store, query, read_sidecar
from tests.web.driving import Browser, SmallControl
from tests.web.events.stored import event, put


def test_an_admin_keeps_an_event_and_lets_it_go(admin: Browser, store: Store) -> None:
    made = put(store, event(0), files=False)
    answer = admin.post(f"/api/events/{made.id}/keep", json={"kept": True})
    assert (answer.status_code, answer.json()["kept"]) == (200, True)
    assert read_sidecar(store.places.sidecar(made.id)).kept
    assert [each["id"] for each in admin.get("/api/events", params={"kept": True}).json()["events"]] == [made.id]
    assert not admin.post(f"/api/events/{made.id}/keep", json={"kept": False}).json()["kept"]


def test_an_admin_deletes_an_event(admin: Browser, store: Store) -> None:
    made = put(store, event(0))
    assert admin.delete(f"/api/events/{made.id}").status_code == 204
    assert query(store.places.root) == []
    assert not store.places.folder(made.id).exists()
    assert admin.delete(f"/api/events/{made.id}").status_code == 404


def test_what_is_being_recorded_stays(admin: Browser, store: Store) -> None:
    going_on, unfinished = put(store, event(0, "start")), put(store, event(1), files=False)
    store.places.folder(unfinished.id).joinpath("clip.part.mp4").write_bytes(b"half")
    for each in (going_on, unfinished):
        answer = admin.delete(f"/api/events/{each.id}")
        assert (answer.status_code, "still being recorded" in answer.json()["detail"]) == (409, True)
    assert len(query(store.places.root)) == 2


def test_a_viewer_changes_nothing(viewer: Browser, store: Store) -> None:
    made = put(store, event(0))
    assert viewer.post(f"/api/events/{made.id}/keep", json={"kept": True}).status_code == 403
    assert viewer.delete(f"/api/events/{made.id}").status_code == 403
    assert [each.kept for each in query(store.places.root, Query(ids=(made.id,)))] == [False]


def test_a_stranger_sees_nothing(client: Browser, store: Store) -> None:
    made = put(store, event(0))
    for path in ("", f"/{made.id}", f"/{made.id}/clip", f"/{made.id}/explain"):
        assert client.get(f"/api/events{path}").status_code == 401
    assert client.get("/api/timeline/today").status_code == 401
    assert client.get("/api/timeline/today.png").status_code == 401


def test_why_it_triggered(viewer: Browser, store: Store, control: SmallControl) -> None:
    made = put(store, event(0))
    told = viewer.get(f"/api/events/{made.id}/explain").json()
    assert (told["rule"], [each["condition"] for each in told["verdicts"]]) == ("person", ["threshold"])
    (opinion,) = told["today"]["rules"]
    assert (opinion["rule"], opinion["failed"]) == ("person", [])
    assert told["today"]["box"] == [0.4, 0.3, 0.5, 0.8]
    gone = put(store, event(1, camera="sold"))
    assert viewer.get(f"/api/events/{gone.id}/explain").json()["today"] is None
