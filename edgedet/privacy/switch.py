"""The privacy switch: while it is on, nothing is captured at all. It survives restarts and power cuts."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from edgedet.disk import disk_error, sync_folder
from edgedet.errors import ConfigError

log = logging.getLogger(__name__)


def state_folder(storage: Path | None) -> Path:
    """Where the switch is kept: with the events, else in ``edgedet`` in the user's state folder.

    That is ``XDG_STATE_HOME``, by default ``~/.local/state`` (XDG Base Directory Specification): without a storage
    path, whoever flips the switch must be the user that the camera runs as.

    Args:
        storage: the folder events are kept in, if they are.
    """
    if storage is not None:
        return storage
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (state if state.is_absolute() else Path.home() / ".local" / "state") / "edgedet"


class PrivacySwitch:
    """A switch for each camera and one for all of them, each a file that is there while it is on.

    Who can't tell, because the disk vanished or its folder may not be read, keeps to what was last known, and to
    "on" where nothing was: a camera that films by mistake is worse than one that doesn't.

    >>> import tempfile
    >>> switch = PrivacySwitch(Path(tempfile.mkdtemp()))
    >>> switch.turn(True, "front")
    >>> switch.is_on("front"), switch.is_on("back")
    (True, False)

    Args:
        folder: see :func:`state_folder`; the files are in ``privacy`` below it.
    """

    def __init__(self, folder: Path) -> None:
        self._root, self._folder = folder, folder / "privacy"
        self._known: dict[str, bool] = {}
        self._told = ""

    def is_on(self, camera: str) -> bool:
        """Whether this camera may see nothing; two looks at the file system, cheap enough for every second.

        Args:
            camera: its name.
        """
        try:
            on = self._stands(self._file(None)) or self._stands(self._file(camera))
            if not on and self._known.get(camera) and not self._folder.is_dir():
                raise FileNotFoundError(2, "its folder is gone", str(self._folder))
        except OSError as error:
            on = self._known.get(camera, True)
            self._tell(f"{self._folder}: can't be read ({error.strerror}); privacy stays {'on' if on else 'off'}")
        else:
            self._told = ""
        self._known[camera] = on
        return on

    def turn(self, on: bool, camera: str | None = None) -> None:
        """Turn it on or off; when this returns it is safe on the disk.

        Args:
            on: what is wanted; that it is so already is fine.
            camera: whose; None: the one for all cameras. Off for all turns off each camera's own too.

        Raises:
            ConfigError: a single camera's is turned off while the one for all is on.
            OutputError: the folder can't be written.
        """
        try:
            if on:
                self._write(self._file(camera))
            elif camera is not None and self._stands(self._file(None)):
                raise ConfigError(f"{camera}: the switch for all cameras is on; turn that off: edgedet privacy off")
            elif self._folder.is_dir():
                wanted = [self._file(camera)] if camera is not None else [self._file(None), *self._own()]
                for file in wanted:
                    file.unlink(missing_ok=True)
                sync_folder(self._folder)
        except OSError as error:
            raise disk_error(self._folder, error) from None

    def status(self, cameras: Sequence[str]) -> dict[str, datetime | None]:
        """Since when each camera sees nothing, in UTC; None: it sees.

        Args:
            cameras: their names.
        """
        return {camera: self._since(camera) if self.is_on(camera) else None for camera in cameras}

    def _file(self, camera: str | None) -> Path:
        return self._folder / ("on" if camera is None else f"on-{camera}")

    def _own(self) -> list[Path]:
        return sorted(self._folder.glob("on-*"))

    def _since(self, camera: str) -> datetime:
        times = []
        for file in (self._file(None), self._file(camera)):
            with contextlib.suppress(OSError):
                times.append(file.stat().st_mtime)
        return datetime.fromtimestamp(min(times, default=0), UTC)

    @staticmethod
    def _stands(file: Path) -> bool:
        try:
            file.lstat()
        except FileNotFoundError:
            return False
        return True

    def _write(self, file: Path) -> None:
        new = not self._folder.is_dir()
        self._folder.mkdir(parents=True, exist_ok=True)
        if new:
            self._folder.chmod(0o755)  # the camera may run as another user, who must be able to look
            sync_folder(self._root)
        file.touch()
        sync_folder(self._folder)

    def _tell(self, text: str) -> None:
        if text != self._told:
            log.error("%s", text)
            self._told = text
