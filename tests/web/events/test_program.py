"""What the whole program recorded of a film, seen on the web."""

from __future__ import annotations

import io
import subprocess
import sys

import av
import pytest

from tests.places import shared
from tests.web.driving import Browser, SmallControl

FILM = "data/videos/one-by-one-person-detection.mp4"
"""The first walker is in view from 6.0 to 19.8 s."""


@pytest.mark.slow
def test_a_walker_is_listed_played_explained_and_tried_again(viewer: Browser, control: SmallControl) -> None:
    film, storage = shared(FILM), control.storage
    run = ["run", "--source", film, "--as-fast", "--frames", "215", "--no-web", "--storage", storage]
    subprocess.run([sys.executable, "-m", "edgedet", *map(str, run)], check=True, capture_output=True, timeout=300)
    (event,) = viewer.get("/api/events", params={"label": "person"}).json()["events"]
    detail = viewer.get(f"/api/events/{event['id']}").json()
    assert 60 < len(detail["track"]) < 80
    assert {each["condition"] for each in detail["verdicts"]} >= {"threshold", "hits"}
    clip = event["media"]["clip"]
    with av.open(io.BytesIO(viewer.get(f"/{event['files']['clip']}").content)) as played:
        seconds = [frame.time for frame in played.decode(video=0)]
    assert seconds[-1] - seconds[0] == pytest.approx(clip["seconds"], abs=0.5)
    assert clip["begin"] <= detail["track"][0][0] <= detail["track"][-1][0] <= clip["begin"] + clip["seconds"]
    assert viewer.get(f"/api/events/{event['id']}/explain").json()["today"]["rules"][0]["failed"] == []
    tried = viewer.post("/api/zones/camera/try", json={}).json()
    assert ([each["ids"] for each in tried["before"]], tried["comparison"]["same"]) == ([[event["id"]]], 1)
    before, stored = tried["before"][0], event
    assert before["end"] - before["begin"] == pytest.approx(stored["end"] - stored["begin"], abs=0.5)
    away = {"zones": {"a": {"polygon": [[0, 0], [0.1, 0], [0.1, 0.1]]}}, "rules": {"person": {"zones": ["a"]}}}
    assert viewer.post("/api/zones/camera/try", json=away).json()["after"] == []
