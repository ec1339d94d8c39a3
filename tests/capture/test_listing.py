from __future__ import annotations

from pathlib import Path

from edgedet.capture.listing import V4l2Node, list_cameras, list_sources
from edgedet.capture.picam.modes import modes_of_module
from edgedet.capture.picam.testcamera import Rig


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


def test_what_a_pi_has_of_its_own_is_no_camera(tmp_path: Path) -> None:
    names = "unicam-image", "bcm2835-codec-decode", "bcm2835-isp-output0", "rp1-cfe-csi2_ch0", "pispbe-input", "rpivid"
    for number, name in enumerate(names):
        node(tmp_path, number, name=name, index="0")
    node(tmp_path, 40, name="HD Webcam", index="0")
    assert [each.name for each in list_cameras(tmp_path)] == ["HD Webcam"]


def test_a_machine_without_any(tmp_path: Path) -> None:
    assert list_cameras(tmp_path / "none") == []


def test_the_demo_is_always_there_and_camera_modules_or_why_not() -> None:
    listed = list_sources()
    assert [each.uri for each in listed[-2:]] == ["picam:test", "demo:"]
    assert listed[0].uri.startswith("picam:")
    assert listed[0].detail


def test_a_camera_modules_modes_are_told_or_why_not() -> None:
    rig = Rig()
    assert modes_of_module(rig, 1) == "640x480:10 (206.65 fps), 1640x1232:10 (41.85 fps), 3280x2464:10 (21.19 fps)"
    assert rig.cameras == {}
    kept = rig(1)
    assert "in use by another process" in modes_of_module(rig, 1)
    kept.close()
