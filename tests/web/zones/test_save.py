from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from edgedet.pidfile import Answer
from edgedet.settings import load
from tests.web.driving import Browser, SmallControl

URL = "/api/zones/camera"
TRIANGLE = [[0.1, 0.1], [0.2, 0.2], [0.3, 0.1]]


def file_of(control: SmallControl) -> Path:
    assert control.settings.file is not None
    return control.settings.file


def drawn(browser: Browser, **changes: dict[str, Any]) -> dict[str, Any]:
    """What is there, with other zones or lines beside it."""
    now = browser.get(URL).json()
    zones = {**now["zones"], **changes.get("zones", {})}
    return {"zones": {name: zone for name, zone in zones.items() if zone}, "lines": changes.get("lines", now["lines"])}


def backups(control: SmallControl) -> list[Path]:
    return sorted(file_of(control).parent.glob("edgedet.toml.*.bak"))


def test_what_is_there(viewer: Browser, control: SmallControl) -> None:
    now = viewer.get(URL).json()
    assert now["zones"] == {"porch": {"polygon": [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]], "exclude": False, "labels": []}}
    assert (now["lines"], now["masks"], now["rules"]["person"]["threshold"]) == ({}, [], 0.7)
    assert (now["file"], now["remedy"]) == (str(file_of(control)), "")
    assert viewer.get("/api/zones/other").status_code == 404


def test_a_zone_is_drawn_and_the_comments_stay(admin: Browser, control: SmallControl) -> None:
    file = file_of(control)
    before = file.read_text()
    file.chmod(0o640)
    body = drawn(admin, zones={"step": {"polygon": TRIANGLE, "exclude": True}})
    shown = admin.put(URL, json=body | {"confirm": False}).json()
    assert (shown["applied"], shown["backup"], file.read_text()) == (False, None, before)
    assert [line for line in shown["diff"].split("\n") if line[:1] in "+-"][2:] == [
        "+[zones.step]",
        "+polygon = [[0.1, 0.1], [0.2, 0.2], [0.3, 0.1]]",
        "+exclude = true",
        "+",
    ]
    assert control.reloads == 0
    saved = admin.put(URL, json=body | {"confirm": True, "etag": shown["etag"]}).json()
    assert saved["applied"]
    assert saved["diff"] == shown["diff"]
    after = file.read_text()
    assert [line for line in before.split("\n") if line not in after.split("\n")] == []
    assert after.index("[zones.step]") < after.index("# only people")
    assert [Path(saved["backup"])] == backups(control)
    assert Path(saved["backup"]).read_text() == before
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE(Path(saved["backup"]).stat().st_mode) == 0o640
    assert control.reloads == 1
    assert control.settings.config.zones["step"].exclude
    assert admin.get(URL).json()["etag"] == saved["etag"] != shown["etag"]
    assert sorted(each.name for each in file.parent.iterdir()) == sorted(
        ["edgedet.toml", backups(control)[0].name, "state", "storage"]
    )


def test_a_point_is_moved_among_its_comments(admin: Browser, control: SmallControl) -> None:
    body = drawn(admin, zones={"porch": {"polygon": [[0.123456, 0.2], [0.5, 0.2], [0.5, 0.9]], "labels": ["person"]}})
    assert admin.put(URL, json=body | {"confirm": True}).json()["applied"]
    text = file_of(control).read_text()
    assert "  [0.1235, 0.2],  # by the door\n" in text
    assert 'labels = ["person"]' in text


def test_a_point_nobody_could_move_so_little_stays(admin: Browser, control: SmallControl) -> None:
    body = drawn(admin, zones={"porch": {"polygon": [[0.1004, 0.2], [0.5, 0.1996], [0.5, 0.9]]}})
    assert admin.put(URL, json=body | {"confirm": True}).json() == {
        "diff": "",
        "applied": False,
        "backup": None,
        "lines": [],
        "etag": admin.get(URL).json()["etag"],
    }
    assert backups(control) == []


def test_a_zone_goes_and_a_line_comes(admin: Browser, control: SmallControl) -> None:
    body = drawn(admin, zones={"porch": {}}, lines={"gate": {"points": [[0.1, 0.5], [0.9, 0.5]], "direction": "left"}})
    assert admin.put(URL, json=body | {"confirm": True}).json()["applied"]
    config = load({}, {}, file_of(control)).config
    assert (config.zones, config.lines["gate"].direction) == ({}, "left")
    assert "# only people" in file_of(control).read_text()


def test_rules_are_saved_too(admin: Browser, control: SmallControl) -> None:
    rules = admin.get(URL).json()["rules"]
    rules["person"] |= {"zones": ["porch"], "dwell": 3}
    assert admin.put(URL, json={"rules": rules, "confirm": True}).json()["applied"]
    text = file_of(control).read_text()
    assert "threshold = 0.7   # after the cat" in text
    assert control.settings.config.rules["person"].zones == ["porch"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"zones": {"a b": {"polygon": TRIANGLE}}}, "a b"),
    ({"zones": {"a": {"polygon": TRIANGLE[:2]}}}, "at least 3"),
    ({"zones": {"a": {"polygon": [[0.1, 0.1], [2, 0.2], [0.3, 0.1]]}}}, "outside the picture"),
    ({"zones": {"a": {"polygon": [[0.1, 0.1], [0.5, 0.5], [0.5, 0.1], [0.1, 0.5]]}}}, "crosses itself"),
    ({"zones": {"a": {"polygon": TRIANGLE * 50}}}, "150 points"),
    ({"zones": {"a": {"polygon": TRIANGLE, "colour": "red"}}}, "colour"),
    ({"zones": {"a": {"polygon": "x"}}}, "polygon"),
    ({"zones": {"a": 3}}, "zones.a"),
    ({"lines": {"a": {"points": [[0.1, 0.1], [0.2, 0.2]], "direction": "up"}}}, "direction"),
    ({"rules": {"person": {"zones": ["nowhere"]}}}, '"nowhere" is no zone'),
    ({"rules": {"person": {"threshold": 3}}}, "threshold"),
    ({"zones": {}, "rules": {"person": {"zones": ["porch"]}}}, '"porch" is no zone'),
    ({"zones": {f"z{n}": {"polygon": TRIANGLE} for n in range(65)}}, "64"),
    ({"speed": 3}, "speed"),
]


def test_what_can_not_be_is_refused_and_nothing_changes(admin: Browser, control: SmallControl) -> None:
    before = file_of(control).read_bytes()
    for body, word in REFUSED:
        answer = admin.put(URL, json=body | {"confirm": True})
        assert answer.status_code == 422, body
        assert word in answer.json()["detail"], body
    odd = admin.put(URL, content=b'{"confirm": true, "zones": {"a": {"polygon": [[NaN, 0], [1, 0], [1, Infinity]]}}}')
    assert odd.status_code == 422
    assert (file_of(control).read_bytes(), backups(control), control.reloads) == (before, [], 0)


def test_a_file_that_changed_meanwhile_is_left_alone(admin: Browser, control: SmallControl) -> None:
    etag = admin.get(URL).json()["etag"]
    file_of(control).write_text(file_of(control).read_text() + "# somebody else was here\n")
    body = drawn(admin, zones={"step": {"polygon": TRIANGLE}})
    answer = admin.put(URL, json=body | {"confirm": True, "etag": etag})
    assert (answer.status_code, "changed since" in answer.json()["detail"]) == (409, True)
    assert backups(control) == []
    assert admin.put(URL, json=body | {"confirm": True, "etag": admin.get(URL).json()["etag"]}).json()["applied"]
    assert "# somebody else was here" in file_of(control).read_text()


def test_a_file_that_is_broken_meanwhile_is_left_alone(admin: Browser, control: SmallControl) -> None:
    file_of(control).write_text("[detect]\nconfidence = 7\n")
    now = admin.get(URL).json()
    assert "confidence" in now["remedy"]
    assert list(now["zones"]) == ["porch"], "those in force"
    answer = admin.put(URL, json={"zones": {}, "confirm": True})
    assert (answer.status_code, "confidence" in answer.json()["detail"]) == (422, True)
    assert file_of(control).read_text() == "[detect]\nconfidence = 7\n"


def test_without_a_file_the_remedy_is_told(admin: Browser, control: SmallControl) -> None:
    object.__setattr__(control.settings, "file", None)
    now = admin.get(URL).json()
    assert (now["file"], now["etag"], "config init" in now["remedy"]) == (None, None, True)
    answer = admin.put(URL, json={"zones": {}, "confirm": True})
    assert (answer.status_code, "config init" in answer.json()["detail"]) == (409, True)


def test_a_folder_that_can_not_be_written_is_said_to_be(admin: Browser, control: SmallControl) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    file_of(control).parent.chmod(0o500)
    try:
        assert "can't be written" in admin.get(URL).json()["remedy"]
        answer = admin.put(URL, json={"zones": {}, "confirm": True})
        assert (answer.status_code, "can't be written" in answer.json()["detail"]) == (503, True)
    finally:
        file_of(control).parent.chmod(0o700)


def test_what_the_camera_refuses_is_taken_back(
    admin: Browser, control: SmallControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file_of(control).read_bytes()
    monkeypatch.setattr(control, "reload", lambda: Answer(False, ("zones.step: no room for it",)))
    body = drawn(admin, zones={"step": {"polygon": TRIANGLE}})
    answer = admin.put(URL, json=body | {"confirm": True})
    assert (answer.status_code, answer.json()["detail"]) == (409, "zones.step: no room for it")
    assert (file_of(control).read_bytes(), backups(control)) == (before, [])


def test_a_password_beside_it_is_not_shown(admin: Browser, control: SmallControl) -> None:
    text = file_of(control).read_text()
    file_of(control).write_text(text.replace("[source]\n", "[zones.a]\npolygon = [[0, 0], [1, 0], [1, 1]]\n[source]\n"))
    body = drawn(admin, zones={"a": {}})
    diff = admin.put(URL, json=body).json()["diff"]
    assert "rtsp://***@10.0.0.7/live" in diff
    assert "secret" not in diff


def test_links_line_ends_and_marks_stay_as_they_are(admin: Browser, control: SmallControl, tmp_path: Path) -> None:
    file = file_of(control)
    real = tmp_path / "elsewhere" / "real.toml"
    real.parent.mkdir()
    real.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    file.unlink()
    file.symlink_to(real)
    body = drawn(admin, zones={"step": {"polygon": TRIANGLE}})
    saved = admin.put(URL, json=body | {"confirm": True}).json()
    assert saved["applied"]
    assert file.is_symlink()
    assert Path(saved["backup"]).parent == real.parent
    content = real.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf# ") is False
    assert content.startswith(b"\xef\xbb\xbf[storage]")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert load({}, {}, file).config.zones.keys() == {"porch", "step"}


def test_a_viewer_saves_nothing(viewer: Browser, control: SmallControl) -> None:
    assert viewer.put(URL, json={"zones": {}, "confirm": True}).status_code == 403
    assert list(load({}, {}, file_of(control)).config.zones) == ["porch"]
