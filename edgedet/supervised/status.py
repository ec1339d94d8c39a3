"""How it goes, in the line that ``systemctl status`` shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgedet import board
from edgedet.camera import Camera


def status_of(cameras: Sequence[Camera], root: Path = board.ROOT) -> str:
    """``porch 9.8 fps, yard reconnecting (no answer for 10 s), 52 C``.

    Args:
        cameras: each with its counters; a single one goes without its name.
        root: where the board's files are.
    """
    parts = [_of(camera, f"{camera.name} " if len(cameras) > 1 else "") for camera in cameras]
    degrees, complaints = board.temperature(root), board.throttled(root)
    if degrees is not None:
        parts.append(f"{degrees:.0f} C")
    parts += [text for text in complaints or () if not text.endswith("since boot")]
    return ", ".join(parts)


def _of(camera: Camera, name: str) -> str:
    if camera.is_private():
        return f"{name}private"
    status = camera.source.status()
    if status.state != "open":
        return f"{name}{status.state}" + (f" ({status.detail})" if status.detail else "")
    return f"{name}{camera.detect.rate():.1f} fps" + ("" if camera.detecting else ", detection is off")
