"""What cameras are here."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from edgedet.errors import SourceError

V4L2 = Path("/sys/class/video4linux")


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


def list_sources() -> list[Listed]:
    """Camera modules, USB cameras, and the demo, which is always there."""
    return [*list_picam(), *list_v4l2(), Listed("demo:", "a clip of bundled photographs")]


def list_v4l2(root: Path = V4L2) -> list[Listed]:
    """V4L2 capture devices; of the nodes a camera has, the first carries its pictures."""
    found = []
    for node in sorted(root.glob("video*"), key=lambda path: int(path.name.removeprefix("video"))):
        name, index = node.name, "0"
        with contextlib.suppress(OSError):
            name, index = (node / "name").read_text().strip(), (node / "index").read_text().strip()
        if index == "0":
            found.append(Listed(f"/dev/{node.name}", name))
    return found


def list_picam() -> list[Listed]:
    """Camera modules; if picamera2 isn't there, one line that says why."""
    from edgedet.capture.picam import load_picamera2

    try:
        cameras = load_picamera2().global_camera_info()
    except SourceError as error:
        return [Listed("picam:", "Raspberry Pi camera module", str(error).removeprefix("picam: "))]
    return [
        Listed(f"picam:{number}", str(camera.get("Model", "camera module")), str(camera.get("Id", "")))
        for number, camera in enumerate(cameras)
    ]
