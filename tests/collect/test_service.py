from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.collect.folder import CollectFolder
from edgedet.collect.pace import Pace
from edgedet.collect.service import CameraCollect, CollectPublisher
from edgedet.config import CameraConfig, PrivacyConfig
from edgedet.config.collect import CollectConfig
from edgedet.config.model import DetectConfig
from edgedet.errors import DataError
from edgedet.watcher import Watcher
from tests.collect.made import BEGIN, LABELS, found, person, result
from tests.drift.scene import scene

CAMERA = CameraConfig(name="yard", detect=DetectConfig(confidence=0.5))


def collecting(root: Path, config: CollectConfig, pace: Pace | None = None) -> tuple[CollectFolder, CollectPublisher]:
    folder = CollectFolder(root)
    camera = CameraCollect(CAMERA, config, folder, lambda: "model.tflite", pace=pace)
    return folder, CollectPublisher(config, folder, {"yard": camera})


def test_a_hard_frame_is_kept_with_what_was_found_and_why(tmp_path: Path) -> None:
    folder, publisher = collecting(tmp_path, CollectConfig(random=0))
    for index, rows in enumerate([[person()], [person(score=0.52)], [person()], [person()]]):
        publisher.publish(result(index, rows))
    (item,) = folder.some()
    assert item.reasons == ({"reason": "near", "about": "person"},)
    assert item.objects[0]["score"] == pytest.approx(0.52)
    assert (item.camera, item.width, item.height, item.model) == ("yard", 320, 180, "model.tflite")
    assert item.time == BEGIN + timedelta(seconds=0.2)
    picture = cv2.imread(str(item.picture))
    assert picture is not None
    assert np.abs(picture.astype(int) - scene(1)).mean() < 6
    assert publisher.cameras["yard"].kept == {"near": 1}


def test_the_same_again_is_not_kept(tmp_path: Path) -> None:
    folder, publisher = collecting(tmp_path, CollectConfig(random=0, per_day=1000))
    for index in range(20):
        publisher.publish(result(index, [person(score=0.52)], image=scene(0)))
    assert len(folder.some()) == 1


def test_a_share_is_taken_whatever_is_in_it(tmp_path: Path) -> None:
    config = CollectConfig(random=1, per_day=1000)
    folder, publisher = collecting(tmp_path, config, Pace(1000, 1, random.Random(3)))
    for index in range(200):
        publisher.publish(result(index, [], seconds=30))
    reasons = [each["reason"] for item in folder.some() for each in item.reasons]
    assert set(reasons) == {"random"}
    assert len(reasons) in range(35, 110)  # of 69 in so long a time


def test_what_must_not_be_seen_is_covered_in_what_is_kept(tmp_path: Path) -> None:
    """Through the same watcher as in a running camera."""
    privacy = PrivacyConfig(blur=["person"], style="black")
    watcher = Watcher(CAMERA.model_copy(update={"privacy": privacy}), LABELS, live=False)
    folder, publisher = collecting(tmp_path, CollectConfig(random=0))
    for index in range(4):
        seen = result(index, [person(score=0.55)])
        bare = found(person(score=0.55))
        watched = watcher(seen.frame, type(bare)(bare.boxes, bare.scores, bare.class_ids, LABELS))
        publisher.publish(type(seen)(watched.frame, watched.detections, camera="yard"))
    item = folder.some()[0]
    picture = cv2.imread(str(item.picture))
    assert picture is not None
    assert picture[70:150, 105:135].max() < 12


def test_a_frame_in_pieces_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder, publisher = collecting(tmp_path, CollectConfig(random=0))
    for index, rows in enumerate([[person()], [person(score=0.52)], [person()]]):
        publisher.publish(result(index, rows))
    (item,) = folder.some()
    values = json.loads(item.picture.with_suffix(".json").read_bytes())
    for damage in (
        "{",
        "3",
        json.dumps(values | {"objects": [{"box": [5, 5, 1, 1]}]}),
        json.dumps(values | {"version": 9}),
    ):
        item.picture.with_suffix(".json").write_text(damage)
        with pytest.raises(DataError, match="no collected frames here"):
            folder.some()
    assert "left out" in caplog.text


def test_the_oldest_go_where_it_becomes_too_much(tmp_path: Path) -> None:
    folder = CollectFolder(tmp_path)
    values = {"version": 1, "camera": "yard", "time": ""}
    for day in range(10):
        time = (BEGIN + timedelta(days=day)).isoformat(timespec="milliseconds")
        folder.add(values | {"time": time}, b"x" * 500_000)
    now = BEGIN + timedelta(days=9)
    assert folder.prune(now, 60, 10) == 0
    assert folder.prune(now, 60, 3) == 5
    assert folder.prune(now, 2, 3) == 2
    assert [path.parent.name for path in sorted(tmp_path.rglob("*.jpg"))] == ["2026-03-09", "2026-03-10", "2026-03-11"]
    assert len(list(tmp_path.rglob("*.json"))) == 3


def test_a_full_disk_costs_the_frame_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "yard").write_text("in the way")
    _, publisher = collecting(tmp_path, CollectConfig(random=0))
    for index in range(4):
        publisher.publish(result(index, [person(score=0.52)]))
    assert "collect: " in caplog.text
