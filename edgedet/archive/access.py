"""What a bucket wants to see, and the bucket itself, from the settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping

from minio.credentials.credentials import Credentials

from edgedet.archive.body import Pace
from edgedet.archive.s3 import Bucket
from edgedet.archive.wire import Address, Wire
from edgedet.config.archive import ArchiveConfig
from edgedet.errors import ConfigError
from edgedet.notify.secret import read_secret


def credentials_of(config: ArchiveConfig, environ: Mapping[str, str] = os.environ) -> Credentials:
    """The key that signs: of the settings, else of the environment under the names that all tools of S3 know.

    Args:
        config: names the key and where its secret is.
        environ: where ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY`` and ``AWS_SESSION_TOKEN`` stand.

    Raises:
        ConfigError: there is none, or its secret can't be read.
    """
    if config.access_key:
        secret = read_secret("archive.secret", config.secret_file, config.secret_credential, environ)
        return Credentials(config.access_key, secret)
    key, secret = environ.get("AWS_ACCESS_KEY_ID", ""), environ.get("AWS_SECRET_ACCESS_KEY", "")
    if not key or not secret:
        raise ConfigError(
            "archive.access_key: not set, nor are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; set access_key, and "
            "secret_file or secret_credential"
        )
    return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)


def bucket_of(config: ArchiveConfig, stop: threading.Event | None = None) -> Bucket:
    """The bucket of the settings; nothing is sent yet.

    Args:
        config: where it is.
        stop: ends what is being sent.

    Raises:
        ConfigError: none is set, or its key can't be read.
    """
    if not config.bucket:
        raise ConfigError("archive.bucket: not set, so there is no archive; set it, as s3://bucket/prefix")
    if config.ca_file is not None and not config.ca_file.is_file():
        raise ConfigError(f"archive.ca_file: {config.ca_file}: no such file; give the authority's certificate (PEM)")
    address = Address(config.name, config.prefix, config.endpoint, config.region)
    wire = Wire(address, credentials_of(config), str(config.ca_file) if config.ca_file else None)
    return Bucket(wire, Pace(config.max_mbit, stop or threading.Event()), config.encrypt == "server")
