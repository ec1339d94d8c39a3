from __future__ import annotations

import io
import os
from pathlib import Path

import av
import pytest

from edgedet.events.places import Places
from edgedet.events.store import Store
from tests.web.driving import Browser, SmallControl
from tests.web.events.stored import event, put


@pytest.fixture
def clip(store: Store) -> tuple[str, bytes]:
    """Where a clip is to be had, and what it is."""
    made = put(store, event(0))
    return f"/api/events/{made.id}/clip", store.places.file(made.id, "clip").read_bytes()


def test_a_clip_plays(viewer: Browser, clip: tuple[str, bytes]) -> None:
    answer = viewer.get(clip[0])
    assert (answer.status_code, answer.content == clip[1]) == (200, True)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-disposition"].startswith("inline; ")
    assert "no-cache" in answer.headers["cache-control"]
    with av.open(io.BytesIO(answer.content)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 10


def test_pictures_are_jpegs(viewer: Browser, store: Store) -> None:
    made = put(store, event(0))
    for kind in ("snapshot", "clean", "thumbnail"):
        answer = viewer.get(f"/api/events/{made.id}/{kind}")
        assert (answer.headers["content-type"], answer.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_a_download_has_a_name(viewer: Browser, clip: tuple[str, bytes]) -> None:
    answer = viewer.get(clip[0], params={"download": True})
    event_id = clip[0].split("/")[3]
    assert answer.headers["content-disposition"] == f'attachment; filename="{event_id}-clip.mp4"'


PARTS: list[tuple[str, int, int | None]] = [
    ("bytes=0-0", 0, 1),
    ("bytes=0-99", 0, 100),
    ("bytes=100-", 100, None),
    ("bytes=-50", -50, None),
    ("bytes=10-99999999999999999999", 10, None),
    ("bytes=-99999999999999999999", 0, None),
    ("bytes=0-9,5-19,15-29", 0, 30),
]


def test_a_part_of_it(viewer: Browser, clip: tuple[str, bytes]) -> None:
    for asked, begin, end in PARTS:
        answer = viewer.get(clip[0], headers={"Range": asked})
        part = clip[1][begin:end]
        assert (answer.status_code, answer.content == part) == (206, True), asked
        first = begin % len(clip[1])
        assert answer.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(clip[1])}"


def test_two_parts_of_it(viewer: Browser, clip: tuple[str, bytes]) -> None:
    answer = viewer.get(clip[0], headers={"Range": "bytes=0-9,50-59"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")
    assert clip[1][:10] in answer.content
    assert clip[1][50:60] in answer.content


NO_PARTS = ["5-1", "", "a-b", "--5", "99999999-", "-0", "1,2", "0x1-0x2", "9" * 5000 + "-"]


def test_parts_that_make_no_sense_are_refused(viewer: Browser, clip: tuple[str, bytes]) -> None:
    for asked in [*(f"bytes={each}" for each in NO_PARTS), "rows=1-2", "bytes", "\xa0=1-2"]:
        answer = viewer.get(clip[0], headers={"Range": asked.encode("latin-1")})
        assert answer.status_code in (400, 416), asked
        assert len(answer.content) < 200


def test_thousands_of_parts_are_the_whole(viewer: Browser, clip: tuple[str, bytes]) -> None:
    for asked in ("0-0," * 5000 + "1-1", ",".join(f"{n * 2}-{n * 2}" for n in range(2000)), "," * 5000):
        answer = viewer.get(clip[0], headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.content == clip[1]) == (200, True)


def test_what_the_browser_has_is_not_sent_again(viewer: Browser, clip: tuple[str, bytes], store: Store) -> None:
    first = viewer.get(clip[0])
    etag = first.headers["etag"]
    for given in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = viewer.get(clip[0], headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert viewer.get(clip[0], headers={"If-None-Match": '"other"'}).status_code == 200
    part = {"Range": "bytes=0-9"}
    assert viewer.get(clip[0], headers=part | {"If-Range": etag}).status_code == 206
    assert viewer.get(clip[0], headers=part | {"If-Range": '"other"'}).status_code == 200
    path = store.places.file(clip[0].split("/")[3], "clip")
    os.utime(path, (1, 1))
    assert viewer.get(clip[0], headers={"If-None-Match": etag}).status_code == 200
    assert first.headers["last-modified"] != viewer.get(clip[0]).headers["last-modified"]


def test_head_says_what_get_would(viewer: Browser, clip: tuple[str, bytes]) -> None:
    answer = viewer.head(clip[0])
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(clip[1])


def test_an_event_that_goes_on_has_no_clip_yet(viewer: Browser, store: Store) -> None:
    made = put(store, event(0, "start"))
    answer = viewer.get(f"/api/events/{made.id}/clip")
    assert (answer.status_code, "goes on" in answer.json()["detail"]) == (404, True)


def test_a_clip_that_is_being_finished_comes_soon(viewer: Browser, store: Store) -> None:
    made = put(store, event(0), files=False)
    store.places.folder(made.id).joinpath("clip.part.mp4").write_bytes(b"half")
    answer = viewer.get(f"/api/events/{made.id}/clip")
    assert (answer.status_code, "being finished" in answer.json()["detail"]) == (404, True)


def test_what_was_never_recorded_is_said_to_be(viewer: Browser, store: Store) -> None:
    made = put(store, event(0), files=False)
    answer = viewer.get(f"/api/events/{made.id}/clip")
    assert (answer.status_code, "has no clip" in answer.json()["detail"]) == (404, True)
    assert viewer.get(f"/api/events/{event(1).id}/clip").status_code == 404


def test_links_out_of_the_store_are_not_followed(viewer: Browser, store: Store, tmp_path: Path) -> None:
    made = put(store, event(0), files=False)
    (tmp_path / "secret").write_text("secret")
    store.places.file(made.id, "clip").symlink_to(tmp_path / "secret")
    assert viewer.get(f"/api/events/{made.id}/clip").status_code == 404


PATHS = [
    "/api/events/..%2f..%2fetc%2fpasswd/clip",
    "/api/events/../../../etc/passwd",
    "/api/events/%2e%2e/%2e%2e/edgedet.toml",
    "/api/events/20261121-104455.123-..%2f..-7f3a/clip",
    "/api/events/20261121-104455.123-front-7f3a%00/clip",
    "/api/events/20261121-104455.123-front-7f3a%0a/clip",
    "/api/events/20261121-104455.123-front-7f3a/event.json",
    "/api/events/20261121-104455.123-front-7f3a/..%2fedgedet.db",
    "/api/events/\u0662\u0660261121-104455.123-front-7f3a/clip",
    "/api/events/latest/clip",
    "/api/timeline/..%2f..",
    "/api/timeline/%00",
    "/api/zones/..%2fedgedet.toml",
    "/api/zones/front;rm -rf",
]


def test_no_path_leads_out(viewer: Browser, store: Store) -> None:
    for path in PATHS:
        answer = viewer.get(path)
        assert answer.status_code in (307, 404, 422), path  # 307: to the page itself
        assert "root:" not in answer.text


def test_a_file_that_may_not_be_read_is_said_to_be(
    viewer: Browser, clip: tuple[str, bytes], store: Store, control: SmallControl
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    Places(store.places.root).file(clip[0].split("/")[3], "clip").chmod(0)
    assert viewer.get(clip[0]).status_code == 503
