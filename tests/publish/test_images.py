from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edgedet.errors import OutputError
from edgedet.publish.images import ImagePublisher
from tests.publish.made import picture, result, small_disk


def publish(folder: Path, *frames: tuple[str, int]) -> None:
    """Frames, each of a source and an index."""
    save = ImagePublisher(folder)
    save.open()
    for source, index in frames:
        save.publish(result(index, source=source))
    save.close()
    save.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_picture_for_each_picture_a_video_for_each_video(tmp_path: Path) -> None:
    clip = [("in/clip.mp4", index) for index in range(5)]
    publish(tmp_path / "out", ("in/a.png", 0), *clip, ("in/b.jpeg", 0), ("in/other.avi", 0), ("in/other.avi", 1))
    assert names(tmp_path / "out") == ["a.jpg", "b.jpg", "clip.mp4", "other.mp4"]
    saved = cv2.imread(str(tmp_path / "out" / "a.jpg"))
    assert saved is not None
    assert saved.shape == (120, 160, 3)
    assert (np.abs(saved.astype(int) - 90) > 60).any(), "something is drawn"
    with av.open(str(tmp_path / "out" / "clip.mp4")) as container:
        assert len(list(container.decode(video=0))) == 5


def test_equal_names_from_different_folders_are_numbered_in_order(tmp_path: Path) -> None:
    publish(tmp_path, ("a/x.jpg", 0), ("b/x.png", 0), ("c/x.jpg", 0))
    assert names(tmp_path) == ["x-2.jpg", "x-3.jpg", "x.jpg"]


def test_the_same_picture_twice(tmp_path: Path) -> None:
    publish(tmp_path, ("x.jpg", 0), ("x.jpg", 0))
    assert names(tmp_path) == ["x-2.jpg", "x.jpg"]


def test_no_source_is_overwritten_not_even_a_later_one(tmp_path: Path) -> None:
    here = tmp_path / "x.jpg"
    cv2.imwrite(str(here), picture(20, 20, 33))
    before = here.read_bytes()
    publish(tmp_path, ("elsewhere/x.jpg", 0), (str(here), 0))
    assert here.read_bytes() == before
    assert names(tmp_path) == ["x-2.jpg", "x-3.jpg", "x.jpg"]


def test_a_video_that_changes_its_size(tmp_path: Path) -> None:
    save = ImagePublisher(tmp_path)
    save.open()
    for index in range(6):
        save.publish(result(index, source="clip.mkv", width=160 if index < 3 else 320))
    save.close()
    assert names(tmp_path) == ["clip-2.mp4", "clip.mp4"]


def test_the_folder_is_made_or_refused(tmp_path: Path) -> None:
    publish(tmp_path / "new" / "folder")
    assert (tmp_path / "new" / "folder").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="give a folder"):
        ImagePublisher(tmp_path / "file").open()
    with pytest.raises(OutputError, match="is a file"):
        ImagePublisher(tmp_path / "file" / "below").open()


def test_a_picture_too_long_for_a_jpeg_is_told(tmp_path: Path) -> None:
    save = ImagePublisher(tmp_path)
    save.open()
    save.publish(result(0, width=70_000, height=2))
    with pytest.raises(OutputError, match="70000x2"):
        save.close()


def test_a_full_disk_leaves_no_half_picture(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        save = ImagePublisher(disk)
        save.open()
        save.publish(result(0, source="noise.png", width=640, height=480, noise=np.random.default_rng(0)))
        with pytest.raises(OutputError, match="no space left"):
            save.close()
        assert names(disk) == []
