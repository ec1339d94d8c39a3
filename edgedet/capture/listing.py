"""What cameras are here."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from edgedet.errors import SourceError

V4L2 = Path("/sys/class/video4linux")

_OF_THE_BOARD = ("bcm2835-codec", "bcm2835-isp", "pispbe", "rp1-cfe", "rpi-hevc-dec", "rpivid", "unicam")
"""How the names of a Raspberry Pi's own nodes begin: its codecs, and the parts of what ``picam:`` is for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A source that could be used.

    Attributes:
        uri: what to give to ``--source``.
        name: what it is called.
        detail: more about it, or why it can't be used.
    """

    uri: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class V4l2Node:
    """A V4L2 device: what it is called, its path, and its number among the nodes of the same camera."""

    name: str
    device: str
    index: int


def list_sources() -> list[Listed]:
    """Camera modules, USB cameras, and the test camera and the demo, which are always there."""
    usb = [Listed(camera.device, camera.name) for camera in list_cameras()]
    test = Listed("picam:test", "a camera module that isn't there, to test with")
    return [*list_modules(), *usb, test, Listed("demo:", "a clip of bundled photographs")]


def list_cameras(root: Path = V4L2) -> list[V4l2Node]:
    """The V4L2 cameras: of the nodes a camera has, the first carries its pictures, the others descriptions of them.

    A Raspberry Pi's codecs, image processors and camera receivers are V4L2 devices too, and left out.
    """
    nodes = [_node(path) for path in root.glob("video*") if path.name.removeprefix("video").isdecimal()]
    cameras = [node for node in nodes if node.index == 0 and not node.name.startswith(_OF_THE_BOARD)]
    return sorted(cameras, key=lambda node: int(node.device.removeprefix("/dev/video")))


def _node(path: Path) -> V4l2Node:
    name, index = path.name, 0
    with contextlib.suppress(OSError, ValueError):  # a device may vanish while it is looked at
        name = (path / "name").read_text(errors="replace").strip() or name
        index = int((path / "index").read_text())
    return V4l2Node(name, f"/dev/{path.name}", index)


def list_modules() -> list[Listed]:
    """Camera modules with their sensor modes; if there is none to be seen, one line that says why."""
    from edgedet.capture.picam.library import load_picamera2
    from edgedet.capture.picam.modes import modes_of_module

    try:
        library = load_picamera2()
        cameras = library.global_camera_info()
    except SourceError as error:
        return [Listed("picam:", "Raspberry Pi camera module", str(error))]
    if not cameras:
        return [Listed("picam:", "Raspberry Pi camera module", "none found; check the ribbon cable")]
    return [
        Listed(
            f"picam:{number}",
            str(camera.get("Model", "camera module")),
            f"{camera.get('Id', '')}; {modes_of_module(library, number)}",
        )
        for number, camera in enumerate(cameras)
    ]
