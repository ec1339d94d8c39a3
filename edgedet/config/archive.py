"""Where ended events go for good, and how."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import model_validator

from edgedet.config.section import Section, key

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?")
"""Amazon S3 User Guide, "General purpose bucket naming rules"; of prefixes, what no shell or address minds."""


class ArchiveConfig(Section):
    """The archive: a bucket of any S3-compatible storage that ended events are uploaded to."""

    bucket: str = key("", "where to, as s3://bucket/prefix; empty: nothing is uploaded")
    endpoint: str = key("", "address of the storage, as https://host:port; empty: that of AWS for the region")
    region: str = key("us-east-1", "its region; most storages of one's own take any")
    access_key: str = key("", "id of the key; empty: AWS_ACCESS_KEY_ID of the environment")
    secret_file: Path | None = key(None, "file with the key's secret, readable by this user alone")
    secret_credential: str = key(
        "", "instead: name of the systemd credential with it; neither: AWS_SECRET_ACCESS_KEY of the environment"
    )
    ca_file: Path | None = key(None, "certificate authority of the storage (PEM); none: the system's")
    what: list[Literal["clips", "snapshots", "json"]] = key(
        ["clips", "snapshots", "json"], "what is uploaded of an event"
    )
    after: float = key(10, "seconds after its end that an event waits, at least", ge=0, le=31536000)
    encrypt: Literal["off", "server", "age"] = key(
        "off", "at rest; server: by the storage (SSE-S3); age: here, so that neither storage nor camera can read it"
    )
    recipients: list[str] = key([], "of age: the public keys (age1...) of those who can read it")
    max_mbit: float = key(0, "most megabits a second that are sent; 0: no limit", ge=0, le=1e5)
    hold_days: float = key(
        7, "days beyond its own that an event is kept for want of an upload; 0: none", ge=0, le=36500
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.bucket and not _BUCKET.fullmatch(self.bucket):
            raise ValueError(
                f"bucket: {self.bucket!r} is no address of a bucket; write s3://bucket or s3://bucket/prefix"
            )
        if "//" in self.bucket.removeprefix("s3://") or ".." in self.bucket:
            raise ValueError(f"bucket: {self.bucket!r} has an empty part in it; take it out")
        _check_endpoint(self.endpoint)
        if self.secret_file is not None and self.secret_credential:
            raise ValueError("secret_file and secret_credential are the same thing; set one")
        if not self.access_key and (self.secret_file is not None or self.secret_credential):
            raise ValueError("there is a secret but no access_key; set access_key")
        if self.access_key and self.secret_file is None and not self.secret_credential:
            raise ValueError("there is an access_key but no secret; set secret_file or secret_credential")
        if (self.encrypt == "age") != bool(self.recipients):
            raise ValueError('encrypt = "age" and recipients go together; set both or neither')
        if not self.what:
            raise ValueError('what: nothing would be uploaded; name some of "clips", "snapshots", "json"')
        return self

    @property
    def name(self) -> str:
        """The bucket alone."""
        return self.bucket.removeprefix("s3://").partition("/")[0]

    @property
    def prefix(self) -> str:
        """What all keys begin with: empty, or a path that ends in ``/``."""
        path = self.bucket.removeprefix("s3://").partition("/")[2].strip("/")
        return f"{path}/" if path else ""


def _check_endpoint(endpoint: str) -> None:
    if not endpoint:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"endpoint: {endpoint!r} is no address; write it as https://host:port")
    if parts.path.strip("/") or parts.query or parts.username:
        raise ValueError("endpoint: scheme, host and port alone; the bucket goes into bucket, the key into access_key")
