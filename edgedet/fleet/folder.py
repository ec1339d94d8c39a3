"""Where everything is, on the operator's machine."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edgedet.disk import disk_error, sync_folder
from edgedet.errors import ConfigError


@dataclass(frozen=True, slots=True)
class FleetFolder:
    """A folder for its owner alone.

    ::

        ca.key, ca.crt     the authority; its key never leaves this folder
        crl.pem            certificates that were revoked, for the broker
        issued.jsonl       every certificate there ever was
        cameras/NAME.pem   a camera's certificate and key, in one file: they can't be of two different ones
        servers/NAME.pem   a broker's

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def ca_key(self) -> Path:
        """The authority's key."""
        return self.path / "ca.key"

    @property
    def ca_cert(self) -> Path:
        """The authority's certificate, which cameras and broker know it by."""
        return self.path / "ca.crt"

    @property
    def revoked(self) -> Path:
        """The list of revoked certificates (RFC 5280, 5)."""
        return self.path / "crl.pem"

    @property
    def issued(self) -> Path:
        """The list of those issued."""
        return self.path / "issued.jsonl"

    def pair(self, name: str, server: bool = False) -> Path:
        """A certificate with its key."""
        return self.path / ("servers" if server else "cameras") / f"{name}.pem"

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else issues or revokes meanwhile; waits until that is so.

        Raises:
            ConfigError: there is no such folder.
        """
        try:
            handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise ConfigError(
                f"{self.path}: {(error.strerror or 'unusable').lower()}; give the fleet's --folder, "
                "or make it: edgedet fleet ca"
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def write(file: Path, content: bytes, mode: int) -> None:
    """Write a file as a whole, synced, with this mode. Raises OutputError if it can't be."""
    new = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        new.replace(file)
        sync_folder(file.parent)
    except OSError as error:
        raise disk_error(file, error) from None
