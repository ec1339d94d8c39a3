"""The annotated picture as an MP4 file."""

from __future__ import annotations

import logging
from pathlib import Path

from edgedet.disk import disk_error, free_path
from edgedet.drawing.overlay import caption, draw
from edgedet.errors import OutputError
from edgedet.mp4 import Mp4Writer
from edgedet.types import FrameResult

log = logging.getLogger(__name__)


class VideoPublisher:
    """Records what is seen, boxes and figures included, at the pace it happened.

    Nothing is overwritten: where the file is there already, ``name-2.mp4`` is written, and so on. The next number
    also takes over when the source's picture changes its size. The file plays at any time, while it is written too,
    up to its last few seconds.

    Args:
        path: the ``.mp4`` file; its folder has to be there.
    """

    name = "video"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Mp4Writer | None = None

    def open(self) -> None:
        """See that the file can be written; it is begun with the first frame. Raises OutputError."""
        if self._path.suffix.lower() != ".mp4":
            raise OutputError(f"{self._path}: only MP4 is written; call it {self._path.with_suffix('.mp4').name}")
        if self._path.is_dir():
            raise OutputError(f"{self._path}: it is a folder; give a file, such as {self._path / 'found.mp4'}")
        probe = free_path(self._path)
        try:
            probe.touch(exist_ok=False)
            probe.unlink()
        except OSError as error:
            raise disk_error(self._path, error) from None

    def publish(self, result: FrameResult) -> None:
        """Add one frame. Raises OutputError when the disk is full or gone."""
        size = (result.frame.width, result.frame.height)
        if self._writer is not None and self._writer.size != size:
            self.close()
        if self._writer is None:
            self._writer = Mp4Writer(free_path(self._path), *size)
            log.info("recording to %s", self._writer.path)
        self._writer.write(draw(result.frame.image, result.detections, caption(result)), result.frame.time)

    def close(self) -> None:
        """Finish the file. Raises OutputError if its end can't be written."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
