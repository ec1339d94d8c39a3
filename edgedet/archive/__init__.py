"""The archive: ended events into a bucket of any S3-compatible storage. Extra ``edgedet[archive]``.

==========  ========================================================================
service     what the application runs
worker      uploads as long as there is something, and bears with a bucket that fails
uploader    one event after the other, and lines about them
finding     which events, and when
sender      one file: resumed, checked
ledger      what is done, and how far the rest is; :mod:`schema` is its file
hold        what retention asks it
lock        one uploader for a store
s3          the requests; :mod:`wire` signs and sends one, :mod:`body` is what it carries
faults      what can be wrong with a bucket; :mod:`diagnosis` tells which
pause       how long to leave it alone then
seal        encryption to public keys
record      what the catalogue says of an event
catalogue   lines into Parquet; extra ``edgedet[catalogue]``
fetch       out of the archive again; :mod:`compacting` and :mod:`pushing` are commands of their own
status      how far it is
access      key, secret and bucket from the settings; :mod:`job` is what is uploaded
==========  ========================================================================
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from edgedet.archive.hold import Hold
from edgedet.config.archive import ArchiveConfig
from edgedet.errors import ConfigError, ExtraMissing

if TYPE_CHECKING:
    from pathlib import Path

    from edgedet.archive.service import ArchiveService
    from edgedet.config import Config

__all__ = ["build_archive", "build_hold", "check_catalogue_installed", "check_installed"]


def check_installed() -> None:
    """Raise ExtraMissing unless the archive's packages are here."""
    missing = [name for name in ("minio", "pyrage") if find_spec(name) is None]
    if missing:
        raise ExtraMissing(f"archive: {missing[0]} isn't installed; install edgedet[archive]")


def check_catalogue_installed() -> None:
    """Raise ExtraMissing unless what writes the catalogue is here."""
    if find_spec("duckdb") is None:
        raise ExtraMissing("archive: duckdb isn't installed; install edgedet[catalogue]")


def build_archive(config: Config) -> ArchiveService | None:
    """What uploads events: a Service and Listener; None if no bucket is set.

    Raises:
        ConfigError: no events are kept that could be uploaded.
        ExtraMissing: a package isn't here.
    """
    if not config.archive.bucket:
        return None
    if config.storage.path is None:
        raise ConfigError("archive.bucket: there are no events to upload; set storage.path")
    check_installed()
    from edgedet.archive.service import ArchiveService

    return ArchiveService(config)


def build_hold(config: ArchiveConfig, root: Path) -> Hold | None:
    """What keeps retention from deleting events that aren't uploaded; None if no bucket is set."""
    return Hold(root, config.hold_days) if config.bucket else None
