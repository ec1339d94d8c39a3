from __future__ import annotations

from pathlib import Path

from edgedet.capture.listing import V4l2Node, list_cameras, list_sources


def node(root: Path, number: int, **files: str) -> None:
    folder = root / f"video{number}"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text + "\n")


def test_cameras_by_number_without_their_metadata_nodes(tmp_path: Path) -> None:
    node(tmp_path, 10, name="Second", index="0")
    node(tmp_path, 2, name="First", index="0")
    node(tmp_path, 3, name="First", index="1")
    node(tmp_path, 4)  # unplugged while we look
    (tmp_path / "video-thing").mkdir()
    assert list_cameras(tmp_path) == [
        V4l2Node("First", "/dev/video2", 0),
        V4l2Node("video4", "/dev/video4", 0),
        V4l2Node("Second", "/dev/video10", 0),
    ]


def test_a_machine_without_any(tmp_path: Path) -> None:
    assert list_cameras(tmp_path / "none") == []


def test_the_demo_is_always_there_and_camera_modules_or_why_not() -> None:
    listed = list_sources()
    assert listed[-1].uri == "demo:"
    assert listed[0].uri.startswith("picam:")
    assert listed[0].detail
