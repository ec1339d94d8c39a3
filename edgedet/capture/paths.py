"""Files, folders and globs: their pictures and videos, one after the other."""

from __future__ import annotations

import dataclasses
import glob
import re
import threading
from collections.abc import Sequence
from pathlib import Path

from imutils.paths import list_files

from edgedet.capture import Source, SourceStatus
from edgedet.capture.images import ImageFile, is_image
from edgedet.capture.redact import redact
from edgedet.capture.video import VideoFile
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame

_PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")
_VIDEOS = (".mp4", ".mkv", ".mov", ".avi", ".webm", ".m4v", ".ts", ".h264", ".mjpeg", ".mjpg")


def open_path(config: SourceConfig) -> Source:
    """What a path or glob names, for ``edgedet run``: in real time unless ``as_fast``, looping if asked."""
    files = expand(config.uri)
    return FileSequence(files, redact(config.uri), not config.as_fast, config.loop, config.fps)


def open_paths(paths: Sequence[str]) -> Source:
    """All files that paths, folders and globs name, every frame of each, for ``edgedet detect``."""
    files = [file for path in paths for file in expand(path)]
    return FileSequence(files, " ".join(paths))


def expand(path: str) -> list[Path]:
    """The files a path, folder or glob names, in the order people count: ``2.jpg`` before ``10.jpg``.

    Raises:
        SourceError: there are none.
    """
    place = Path(path)
    if place.is_dir():
        found = [Path(file) for file in list_files(path, validExts=_PICTURES + _VIDEOS)]
        if not found:
            raise SourceError(f"{path}: no pictures or videos in this folder; give another")
    elif place.exists():
        return [place]
    else:
        found = [Path(file) for file in glob.glob(path, recursive=True) if Path(file).is_file()]  # noqa: PTH207
        if not found:
            what = "no file matches" if glob.has_magic(path) else "no such file or folder"
            raise SourceError(f"{redact(path)}: {what}; check the path, or give a camera such as 0 or rtsp://...")
    return sorted(found, key=lambda file: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", str(file))])


class FileSequence:
    """Files one after the other; each frame names its own, and is counted from its beginning.

    Args:
        files: pictures and videos.
        uri: what was asked for.
        paced: videos in real time, pictures one at a time; late frames may be dropped.
        loop: start again at the end.
        fps: pictures a second, where paced; 0: one.
    """

    def __init__(
        self, files: Sequence[Path], uri: str, paced: bool = False, loop: bool = False, fps: float = 0
    ) -> None:
        self.uri, self.live = uri, paced
        self._files, self._loop = files, loop
        self._pause = 1 / fps if fps else 1.0
        self._next = 0
        self._current: Source | None = None
        self._closed = threading.Event()

    def open(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        self._advance()

    def _advance(self) -> bool:
        """Open the next file; False if there is none."""
        if self._current is not None:
            self._current.close()
        if self._next == len(self._files):
            if not self._loop:
                return False
            self._next = 0
        path = self._files[self._next]
        self._next += 1
        if is_image(path):
            self._current = ImageFile(path)
        else:
            _check_readable(path)
            self._current = VideoFile(path, self.live, self._loop and len(self._files) == 1)
        self._current.open()
        if self._closed.is_set():  # closed by another thread meanwhile, which saw the file before
            self._current.close()
        return not self._closed.is_set()

    def read(self) -> Frame | None:
        """See :class:`edgedet.capture.Source`."""
        while not self._closed.is_set() and self._current is not None:
            frame = self._current.read()
            if frame is not None:
                if self.live and isinstance(self._current, ImageFile):
                    self._closed.wait(self._pause)
                return frame
            if not self._advance():
                break
        return None

    def status(self) -> SourceStatus:
        """See :class:`edgedet.capture.Source`."""
        if self._closed.is_set() or self._current is None:
            return SourceStatus("closed" if self._closed.is_set() else "opening")
        status = self._current.status()
        detail = f"{self._current.uri} ({self._next} of {len(self._files)}) {status.detail}".strip()
        return dataclasses.replace(status, detail=detail)

    def close(self) -> None:
        """See :class:`edgedet.capture.Source`."""
        self._closed.set()
        if self._current is not None:
            self._current.close()


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise SourceError(f"{path}: can't be read ({error.strerror}); check its permissions") from None
    if empty:
        raise SourceError(f"{path}: the file is empty (0 bytes); get it again")
