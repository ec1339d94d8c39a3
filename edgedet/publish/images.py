"""Annotated copies of files, in a folder."""

from __future__ import annotations

from pathlib import Path

import cv2

from edgedet.errors import OutputError
from edgedet.publish.overlay import draw
from edgedet.publish.video import VideoPublisher
from edgedet.types import FrameResult


class ImagePublisher:
    """Writes an annotated copy of every file: ``NAME.jpg`` for a picture, ``NAME.mp4`` for a video.

    Two files of one name get ``NAME.jpg`` and ``NAME-2.jpg``, in the order they come. Nothing that is read from is
    ever overwritten.

    Args:
        folder: made if it isn't there.
    """

    name = "save"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: set[Path] = set()
        self._source = ""
        self._held: FrameResult | None = None
        self._video: VideoPublisher | None = None

    def open(self) -> None:
        """Make the folder. Raises OutputError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / ".edgedet-writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise self._failed(self._folder, error) from None

    def publish(self, result: FrameResult) -> None:
        """Write one frame. What is one picture and what a video shows when the second frame comes, or doesn't."""
        if result.frame.source != self._source:
            self._finish()
            self._source, self._held = result.frame.source, result
            return
        if self._video is None and self._held is not None:
            self._video = VideoPublisher(self._place(".mp4"))
            self._video.open()
            self._video.publish(self._held)
            self._held = None
        if self._video is not None:
            self._video.publish(result)

    def close(self) -> None:
        """Write what is left."""
        self._finish()

    def _finish(self) -> None:
        video, self._video = self._video, None
        held, self._held = self._held, None
        if video is not None:
            video.close()
        if held is not None:
            self._write_picture(held)

    def _write_picture(self, result: FrameResult) -> None:
        path = self._place(".jpg")
        good, data = cv2.imencode(".jpg", draw(result.frame.image, result.detections), [cv2.IMWRITE_JPEG_QUALITY, 92])
        if not good:
            raise OutputError(
                f"{path}: {result.frame.width}x{result.frame.height} is too large for JPEG; leave out --save"
            )
        half = path.with_suffix(".part")
        try:
            half.write_bytes(data.tobytes())
            half.replace(path)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise self._failed(path, error) from None

    def _place(self, suffix: str) -> Path:
        """A path for the current source that no other source has, and that isn't the source itself."""
        stem, number = Path(self._source).stem or "frame", 1
        while True:
            path = self._folder / f"{stem}{f'-{number}' if number > 1 else ''}{suffix}"
            itself = path.exists() and Path(self._source).exists() and path.samefile(self._source)
            if path not in self._taken and not itself:
                self._taken.add(path)
                return path
            number += 1

    @staticmethod
    def _failed(path: Path, error: OSError) -> OutputError:
        return OutputError(f"{path}: can't be written ({error.strerror}); choose another place")
