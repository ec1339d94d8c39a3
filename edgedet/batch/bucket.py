"""Clips in a bucket of any S3-compatible storage; extra ``edgedet[archive]``.

Where and who is said as for every other program of that storage, on each machine of a cluster: ``AWS_ENDPOINT_URL``,
``AWS_REGION``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``, or the file ``~/.aws/credentials``.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
import urllib3.exceptions

from edgedet.batch.work import Item
from edgedet.capture.images import natural_sorted
from edgedet.errors import ConfigError, ExtraMissing, SourceError

SCHEME = "s3://"
ENCRYPTED = ".age"
_TIMEOUT = urllib3.Timeout(connect=10, read=60)
_TRIES = urllib3.Retry(5, backoff_factor=0.5, status_forcelist=(500, 502, 503, 504))


def is_address(place: str) -> bool:
    """Whether it is an address and not a path. Raises ConfigError for one of a kind that can't be read."""
    if "://" in place and not place.startswith(SCHEME):
        raise ConfigError(f"{place}: no such kind of storage; give {SCHEME}BUCKET/PREFIX or a path")
    return place.startswith(SCHEME)


def listed(address: str) -> list[Item]:
    """All objects under an address, by name.

    Raises:
        SourceError: it can't be listed, or there are none.
        ConfigError: ``AWS_ENDPOINT_URL`` makes no sense.
        ExtraMissing: the archive's packages aren't installed.
    """
    bucket, prefix = _parts(address)
    with _refusing(address):
        objects = _client().list_objects(bucket, prefix=prefix or None, recursive=True)
        found = {each.object_name: each for each in objects if not each.is_dir}
    if not found:
        raise SourceError(f"{address}: nothing is there; check the bucket's name and the prefix")
    names = [str(path) for path in natural_sorted([Path(name) for name in found])]
    return [_item(f"{SCHEME}{bucket}/{name}", found[name]) for name in names]


@contextlib.contextmanager
def local(place: str) -> Iterator[Path]:
    """A file to read of a place: the path itself, or a copy of a bucket's object that is gone afterwards.

    Raises:
        SourceError: it can't be fetched, or is encrypted.
    """
    if place.endswith(ENCRYPTED):
        raise SourceError(f"{place}: is encrypted; fetch it with edgedet archive get and its key, and give the folder")
    if not is_address(place):
        yield Path(place)
        return
    bucket, key = _parts(place)
    with tempfile.TemporaryDirectory(prefix="edgedet-") as folder:
        copy = Path(folder, f"clip{Path(key).suffix}")
        with _refusing(place):
            _client().fget_object(bucket, key, str(copy))
        yield copy


def _item(address: str, known: Any) -> Item:
    return Item(address, address, int(known.size or 0), str(known.etag or "").strip('"'))


def _parts(address: str) -> tuple[str, str]:
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    return bucket, key


@functools.cache
def _client() -> Any:
    """One for each process: it keeps its connections, and tries again what a busy server refused."""
    minio, providers = importlib.import_module("minio"), importlib.import_module("minio.credentials")
    given = os.environ.get("AWS_ENDPOINT_URL", "https://s3.amazonaws.com")
    endpoint = urlsplit(given)
    if endpoint.scheme not in ("http", "https") or not endpoint.netloc:
        raise ConfigError(f"AWS_ENDPOINT_URL: {given}: no address of a storage; give it as https://HOST:PORT")
    who = providers.ChainedProvider([providers.EnvAWSProvider(), providers.AWSConfigProvider()])
    pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=_TRIES)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return minio.Minio(
        endpoint.netloc, secure=endpoint.scheme == "https", region=region, credentials=who, http_client=pool
    )


@contextlib.contextmanager
def _refusing(address: str) -> Iterator[None]:
    """What the storage or its library objects to, as one line."""
    try:
        refused = importlib.import_module("minio.error").MinioException
    except ModuleNotFoundError:
        raise ExtraMissing(f"{address}: minio isn't installed; run: pip install 'edgedet[archive]'") from None
    try:
        yield
    except (refused, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        reason = " ".join(str(error).split())
        raise SourceError(
            f"{address}: can't be read ({reason}); check the name, the endpoint and the credentials"
        ) from None
