"""What is told of cameras, and what may be done with them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.settings import Settings
from edgedet.web.desk import Desk
from tests.web.driving import Browser, SmallControl, make_settings
from tests.web.live.serving import moving


class TestOne:
    def test_how_it_is(self, viewer: Browser, control: SmallControl) -> None:
        control.results["camera"] = moving("camera", 0)
        assert viewer.get("/api/cameras").json() == [
            {
                "name": "camera",
                "source": "test:",
                "state": "open",
                "detail": "",
                "width": 320,
                "height": 240,
                "fps": 24.5,
                "switches": {"detection": True, "recording": True, "privacy": False},
            }
        ]

    def test_an_admin_turns_a_switch(self, admin: Browser, control: SmallControl) -> None:
        answer = admin.post("/api/cameras/camera/switches/detection", json={"on": False})
        assert answer.json() == {"detection": False, "recording": True, "privacy": False}
        assert control.turned == [("detection", False, "camera")]

    def test_who_may_only_look_turns_none(self, viewer: Browser, control: SmallControl) -> None:
        assert viewer.post("/api/cameras/camera/switches/detection", json={"on": False}).status_code == 403
        assert control.turned == []

    @pytest.mark.parametrize(
        ("path", "body", "status"),
        [
            ("garden/switches/privacy", {"on": True}, 404),
            ("camera/switches/light", {"on": True}, 422),
            ("camera/switches/privacy", {}, 422),
        ],
    )
    def test_what_isnt_there_isnt_turned(self, admin: Browser, path: str, body: dict[str, bool], status: int) -> None:
        assert admin.post(f"/api/cameras/{path}", json=body).status_code == status


class TestSnapshot:
    def test_it_is_the_newest_with_boxes_if_asked(self, viewer: Browser, desk: Desk) -> None:
        assert viewer.get("/api/cameras/camera/snapshot.jpg").status_code == 503
        desk.hub.publish(moving("camera", 0))
        desk.hub.publish(moving("camera", 20))
        seen = []
        for annotated in (0, 1):
            answer = viewer.get(f"/api/cameras/camera/snapshot.jpg?annotated={annotated}")
            assert answer.headers["content-type"] == "image/jpeg"
            seen.append(cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR).astype(int))
        clean = moving("camera", 20).frame.image
        assert np.abs(seen[0] - clean).mean() < 3
        assert np.abs(seen[1] - clean).max() > 100

    def test_there_is_none_of_a_private_camera_nor_of_what_was_before(
        self, viewer: Browser, desk: Desk, control: SmallControl
    ) -> None:
        desk.hub.publish(moving("camera", 0))
        control.turn("privacy", True, "camera")
        answer = viewer.get("/api/cameras/camera/snapshot.jpg")
        assert (answer.status_code, answer.json()["detail"][:16]) == (409, "camera: private,")
        control.turn("privacy", False, "camera")
        assert viewer.get("/api/cameras/camera/snapshot.jpg").status_code == 503


class TestSeveral:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        cameras = "".join(f'[[camera]]\nname = "{name}"\nsource.uri = "demo:"\n' for name in ("front", "back"))
        return make_settings(tmp_path, cameras)

    def test_each_is_told_of(self, viewer: Browser, control: SmallControl) -> None:
        control.results["back"] = moving("back", 0)
        told = viewer.get("/api/cameras").json()
        assert [(each["name"], each["width"]) for each in told] == [("front", 0), ("back", 320)]

    def test_a_picture_is_of_the_one_asked_for(self, viewer: Browser, desk: Desk) -> None:
        desk.hub.publish(moving("back", 0))
        assert viewer.get("/api/cameras/front/snapshot.jpg").status_code == 503
        assert viewer.get("/api/cameras/back/snapshot.jpg").status_code == 200
