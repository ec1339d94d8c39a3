"""The catalogue made by hand, on a workstation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from edgedet.archive.access import bucket_of
from edgedet.archive.catalogue import compact, publish
from edgedet.archive.seal import read_identities
from edgedet.config.archive import ArchiveConfig
from edgedet.disk import disk_error
from edgedet.errors import ConfigError, EdgedetError


def make_catalogue(
    config: ArchiveConfig, target: Path, identity: Path | None, since: str = "", upload: bool = False
) -> dict[str, int]:
    """Make Parquet of the lines in a bucket.

    Args:
        config: where the bucket is.
        target: the catalogue's folder.
        identity: file of private keys, where the lines are encrypted.
        since: first day, ISO 8601; empty: from the beginning.
        upload: put what is written into the bucket too.

    Returns:
        How many ``events`` and ``files`` there are, and how many files were ``written`` now.

    Raises:
        ConfigError: a day, a key or a setting can't be used.
        ArchiveError: the bucket fails, or lines can't be decrypted.
        OutputError: the folder can't be written.
    """
    try:
        first = date.fromisoformat(since).isoformat() if since else ""
    except ValueError:
        raise ConfigError(f"--since: {since}: no day; write it as 2026-11-21") from None
    if upload and config.encrypt == "age":
        raise ConfigError("--upload: the catalogue would lay open there what age hides; leave it here")
    bucket = bucket_of(config)
    identities = read_identities(identity) if identity is not None else []
    done = {"events": 0, "files": 0, "written": 0}
    try:
        for part in compact(bucket, target, identities, first):
            done["events"] += part.events
            done["files"] += 1
            done["written"] += part.fresh
            if upload and part.fresh:
                publish(bucket, target, part.path)
    except OSError as error:
        if isinstance(error, EdgedetError):
            raise
        raise disk_error(target, error) from None
    return done
