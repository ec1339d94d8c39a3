"""The settings file, changed by the program: the old one is kept beside it, and nobody ever reads half of it."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edgedet.disk import disk_error, free_path, sync_folder
from edgedet.errors import ConfigError
from edgedet.settings import Settings, load
from edgedet.toml import hide, read_text

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class SettingsText:
    """A settings file as it was read.

    Attributes:
        path: the file itself, where a link leads to it.
        content: its bytes.
        text: the same, its lines ending as Unix ends them.
    """

    path: Path
    content: bytes
    text: str

    @classmethod
    def read(cls, path: Path) -> SettingsText:
        """Read it.

        Raises:
            ConfigError: it can't be read, or is no settings file.
        """
        real = path.resolve()
        text = read_text(real)
        try:
            return cls(real, real.read_bytes(), text)
        except OSError as error:
            raise ConfigError(f"{path}: can't be read ({error.strerror}); check it and its permissions") from None

    @property
    def etag(self) -> str:
        """Changes when the file does."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    def encoded(self, text: str) -> bytes:
        """A new text as this file has its own: line ends and byte order mark stay as they are."""
        ends = text.replace("\n", "\r\n") if b"\r\n" in self.content else text
        return (_BOM if self.content.startswith(_BOM) else b"") + ends.encode()

    def diff(self, text: str) -> str:
        """What a new text changes, as ``diff -u`` says it, without the credentials in it; empty: nothing."""
        name = self.path.name
        lines = difflib.unified_diff(self.text.splitlines(), text.splitlines(), name, name, lineterm="")
        return "\n".join(hide(line) for line in lines)


def check(settings: Settings, before: SettingsText, text: str) -> Settings:
    """What would be in force with a new text.

    Args:
        settings: those in force: their flags and variables stay.
        before: the file now.
        text: what it is to hold.

    Raises:
        ConfigError: it can't be used; a line for each thing that is wrong.
    """
    with tempfile.TemporaryDirectory(prefix="edgedet-") as folder:
        trial = Path(folder, before.path.name)
        trial.write_text(text, encoding="utf-8")
        try:
            return load(settings.flags, settings.environ, trial)
        except ConfigError as error:
            raise ConfigError(str(error.args[0]).replace(str(trial), str(before.path))) from None


def replace(before: SettingsText, text: str) -> Path:
    """Write a new text in the file's place; where the old one is kept now.

    Raises:
        ConfigError: somebody else has changed the file meanwhile; nothing was written.
        OutputError: it can't be written; it is as it was.
    """
    path, now = before.path, datetime.now(UTC)
    backup = free_path(path.with_name(f"{path.name}.{now:%Y%m%d-%H%M%S}.bak"))
    try:
        found = path.stat()
        _write_new(backup, before.content, found)
        if path.read_bytes() != before.content:
            backup.unlink()
            raise ConfigError(f"{path}: changed by somebody else just now; look at it again, then save")
        put(path, before.encoded(text), found)
    except OSError as error:
        if isinstance(error, ConfigError):
            raise
        with contextlib.suppress(OSError):
            backup.unlink(missing_ok=True)
        raise disk_error(path, error) from None
    return backup


def put(path: Path, content: bytes, like: os.stat_result) -> None:
    """Write a file in one step, for good, with the owner and mode of another.

    Raises:
        OSError: it can't be written; it is as it was.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        _write_new(half, content, like)
        half.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _write_new(path: Path, content: bytes, like: os.stat_result) -> None:
    """A file that isn't there yet: nobody reads in it what they mustn't, not even for a moment."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        if (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
            with contextlib.suppress(PermissionError):  # then it is ours from now on
                os.fchown(handle, like.st_uid, like.st_gid)
        os.fchmod(handle, stat.S_IMODE(like.st_mode))
        file.write(content)
        file.flush()
        os.fsync(handle)
