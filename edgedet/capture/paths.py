"""Files as a source: a video, a picture, a folder or a glob of either, one after the other."""

from __future__ import annotations

import glob
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from edgedet.capture.images import EXTENSIONS, is_image, list_pictures, natural_sorted, read_image
from edgedet.capture.player import Picture, Player, Shown
from edgedet.config import SourceConfig
from edgedet.errors import SourceError

log = logging.getLogger(__name__)

PICTURE_SECONDS = 1.0
"""How long a picture is shown when files are played like a camera."""


def open_paths(paths: Sequence[str]) -> Player:
    """Every frame of these files, folders and globs, in this order, as fast as they are taken. Not opened yet.

    A frame's ``source`` is its own file, ``index`` and ``time`` count within it.

    Raises:
        SourceError: a path leads to nothing; before anything is read.
    """
    files = [file for path in paths for file in expand(path)]
    return Player(" ".join(paths), False, _Playlist(files).pictures, _count(files))


def open_path(config: SourceConfig) -> Player:
    """The file, folder or glob a source setting names: paced unless ``as_fast``, again and again if ``loop``."""
    files = expand(config.uri)
    stays = 1 / config.fps if config.fps else PICTURE_SECONDS
    return Player(config.uri, not config.as_fast, _Playlist(files, config.loop, stays).pictures, _count(files))


def expand(path: str) -> list[Path]:
    """The files a path, folder or glob stands for. Raises SourceError if there are none."""
    whole = os.path.expanduser(path)  # noqa: PTH111 - pathlib's versions raise for odd names, these say no
    if os.path.isfile(whole):  # noqa: PTH113
        return [Path(whole)]
    if os.path.isdir(whole):  # noqa: PTH112
        pictures = list_pictures(Path(whole))
        if not pictures:
            raise SourceError(f"{path}: no pictures in this folder ({' '.join(EXTENSIONS)}); name the files themselves")
        return pictures
    if os.path.exists(whole):  # noqa: PTH110
        raise SourceError(f"{path}: neither a file nor a folder; name one, or a camera (see: edgedet sources)")
    if glob.has_magic(whole):
        matches = natural_sorted([Path(name) for name in glob.glob(whole, recursive=True)])  # noqa: PTH207
        files = [file for match in matches for file in (list_pictures(match) if match.is_dir() else [match])]
        if not files:
            raise SourceError(f"{path}: no file matches; check the pattern")
        return files
    raise SourceError(f"{path}: no such file or folder; check the name, or use a camera (see: edgedet sources)")


def _count(files: Sequence[Path]) -> str:
    return files[0].name if len(files) == 1 else f"{len(files)} files"


class _Playlist:
    """Plays files one after the other. A broken one doesn't hold up the others, but is an error in the end."""

    def __init__(self, files: Sequence[Path], loop: bool = False, picture_seconds: float = PICTURE_SECONDS) -> None:
        self._tracks = [_Track(str(file), is_image(file), picture_seconds) for file in files]
        self._loop = loop
        self._errors: dict[str, SourceError] = {}

    def pictures(self) -> Iterator[Picture]:
        due, going = 0.0, True
        while going:
            start = due
            for track in self._tracks:
                try:
                    yield from track.play(due)
                except SourceError as error:
                    self._note(track.path, error)
                due = track.end
            going = self._loop and due > start
        self._raise()

    def _note(self, path: str, error: SourceError) -> None:
        if path not in self._errors and (self._loop or len(self._tracks) > 1):
            log.warning("%s", error)
        self._errors[path] = error

    def _raise(self) -> None:
        errors = list(self._errors.values())
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise SourceError(f"{len(errors)} of {len(self._tracks)} files are broken, the first: {errors[0]}")


class _Track:
    """A file of the list; when it is played again its count and time go on."""

    def __init__(self, path: str, image: bool, picture_seconds: float) -> None:
        self.path, self.end = path, 0.0
        self._image, self._picture_seconds = image, picture_seconds
        self._index, self._time = 0, 0.0

    def play(self, due: float) -> Iterator[Picture]:
        """The file's pictures, the first one due at this second of the whole playback; :attr:`end` follows."""
        self.end, begin = due, self._time
        for image, time, stays in self._shown():
            self.end = due + time + stays
            self._time = begin + time + stays
            yield Picture(image, self._index, begin + time, due + time, self.path)
            self._index += 1

    def _shown(self) -> Iterator[Shown]:
        if self._image:
            return iter([Shown(read_image(self.path), 0.0, self._picture_seconds)])
        from edgedet.capture.video import read_video  # FFmpeg is only loaded for a video

        return read_video(self.path)
