from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from click.testing import CliRunner

from edgedet.cli import cli
from edgedet.errors import ConfigError, DataError, SourceError
from tests.collect.test_export import collection
from tests.drift.scene import HEIGHT, WIDTH, film
from tests.places import shared


def call(*arguments: object) -> str:
    return str(CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False).output)


def test_what_was_collected_is_counted_and_exported(tmp_path: Path) -> None:
    collection(tmp_path / "kept")
    assert "yard: 3 frames: near 3" in call("collect", "show", tmp_path / "kept")
    first = json.loads(call("collect", "show", tmp_path / "kept", "--json").splitlines()[0])
    assert first["reasons"] == [{"reason": "near", "about": "cat"}]
    said = call("collect", "export", tmp_path / "out", "--from", tmp_path / "kept", "--format", "cvat")
    assert said.endswith("3 frames, 3 objects\n")
    with pytest.raises(ConfigError, match="no frames of that camera or reason"):
        call("collect", "export", tmp_path / "no", "--from", tmp_path / "kept", "--reason", "drift")
    with pytest.raises(DataError, match="no collected frames here"):
        call("collect", "show", tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="no such file"):
        call("collect", tmp_path / "no.mp4", "--to", tmp_path / "to")


def test_a_film_without_anything_hard_gives_the_random_share(tmp_path: Path) -> None:
    path = tmp_path / "scene.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (WIDTH, HEIGHT))
    for image in film():
        writer.write(image)
    writer.release()
    said = call("collect", path, "--to", tmp_path / "kept", "--most", 5)
    assert "random 1" in said


@pytest.mark.slow
def test_a_film_gives_hard_frames_and_the_same_again(tmp_path: Path) -> None:
    path = shared("data/videos/one-by-one-person-detection.mp4")
    kept = []
    for name in ("one", "two"):
        said = call("collect", path, "--to", tmp_path / name, "--most", 40)
        assert "random 8" in said
        found = [json.loads(line) for line in call("collect", "show", tmp_path / name, "--json").splitlines()]
        kept.append([(each["reasons"], each["objects"]) for each in found])
        assert 8 < len(found) <= 40
        assert any(each["reason"] == "near" for one in found for each in one["reasons"])
    assert kept[0] == kept[1]
