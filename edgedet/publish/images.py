"""Annotated copies of files, in a folder."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import cv2

from edgedet.disk import disk_error, free_path
from edgedet.drawing.overlay import draw
from edgedet.errors import OutputError
from edgedet.mp4 import Mp4Writer
from edgedet.types import FrameResult

log = logging.getLogger(__name__)

_QUALITY = 92


class ImagePublisher:
    """Writes a JPEG for each picture and an MP4 for each video, of the same name: ``photo.png`` gives ``photo.jpg``.

    Nothing is overwritten, least of all a source: a name that is taken, by an earlier run or by a file of the same
    name from another folder, gets a number (``photo-2.jpg``) in the order the files come. A picture appears whole
    or not at all; a video plays at any time.

    Args:
        folder: made if it isn't there, with those above it.
    """

    name = "save"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._source: str | None = None
        self._first: FrameResult | None = None
        self._video: Mp4Writer | None = None

    def open(self) -> None:
        """Make the folder. Raises OutputError."""
        if self._folder.exists() and not self._folder.is_dir():
            raise OutputError(f"{self._folder}: it is a file; give a folder")
        probe = self._folder / f".edgedet-{os.getpid()}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise disk_error(self._folder, error) from None

    def publish(self, result: FrameResult) -> None:
        """Take one frame. Whether it is a picture or a video's first shows when the next one comes, or none does.

        Raises:
            OutputError: the disk is full or gone.
        """
        if result.frame.source != self._source or result.frame.index == 0:
            self._finish()
            self._source, self._first = result.frame.source, result
            return
        first, self._first = self._first, None
        if first is not None:
            self._record(first)
        self._record(result)

    def close(self) -> None:
        """Write what is left. Raises OutputError."""
        self._finish()

    def _record(self, result: FrameResult) -> None:
        size = (result.frame.width, result.frame.height)
        if self._video is not None and self._video.size != size:
            self._finish()
        if self._video is None:
            self._video = Mp4Writer(self._place(result, ".mp4"), *size)
        self._video.write(draw(result.frame.image, result.detections), result.frame.time)

    def _finish(self) -> None:
        video, self._video = self._video, None
        first, self._first = self._first, None
        if video is not None:
            video.close()
        if first is not None:
            self._write(first)

    def _write(self, result: FrameResult) -> None:
        path = self._place(result, ".jpg")
        picture = draw(result.frame.image, result.detections)
        try:
            good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        except cv2.error:
            good = False
        if not good:
            size = f"{result.frame.width}x{result.frame.height}"
            raise OutputError(f"{path}: {size} pixels are more than a JPEG holds (65500 a side); leave out --save")
        half = path.with_name(f".{path.name}.part")
        try:
            half.write_bytes(data.tobytes())
            half.replace(path)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise disk_error(path, error) from None

    def _place(self, result: FrameResult, suffix: str) -> Path:
        wanted = self._folder / f"{Path(result.frame.source).stem or 'frame'}{suffix}"
        path = free_path(wanted)
        if path != wanted:
            log.info("%s is there already: writing %s", wanted, path.name)
        return path
