from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import cv2

from edgedet.collect.films import Draw, collect_film
from edgedet.collect.folder import CollectFolder
from edgedet.collect.reasons import Doubt
from edgedet.config import CameraConfig, PrivacyConfig
from edgedet.config.collect import CollectConfig
from edgedet.inference.detector import Detector
from tests.collect.made import person, result
from tests.drift.scene import HEIGHT, WIDTH, scene
from tests.places import MODEL


def test_every_frame_has_the_same_chance_whatever_the_length() -> None:
    drawn = Counter[int]()
    looks = [result(index, [person(x=(index * 61) % 280)], image=scene(0, seed=index)) for index in range(40)]
    for seed in range(60):
        draw = Draw(10, random.Random(seed))
        for look in looks:
            draw.offer(look, [Doubt("random")], "m", "yard", 50)
        kept = [values["index"] for values, _ in draw.drawn()]
        assert len(kept) == 10
        assert kept == sorted(kept)
        drawn.update(kept)
    assert all(3 <= drawn[index] <= 30 for index in range(40))


def test_masks_are_black_in_what_is_kept_and_no_frame_is_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "scene.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (WIDTH, HEIGHT))
    for step in range(8):
        writer.write(scene(step))
    writer.release()
    camera = CameraConfig(name="yard", privacy=PrivacyConfig(masks=[[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]]))
    folder = CollectFolder(tmp_path / "kept")
    collect_film(path, camera, CollectConfig(random=0.5, near=1.0), Detector(MODEL), folder, 16, 0)
    items = folder.some()
    assert 1 <= len(items) <= 8
    for item in items:
        assert cv2.imread(str(item.picture))[:, : WIDTH // 2 - 2].max() < 12  # type: ignore[index]
    indexes = [path.read_text().partition('"index": ')[2].partition(",")[0] for path in tmp_path.rglob("*.json")]
    assert len(set(indexes)) == len(items)
