"""What needs no server: digests, addresses, errors, settings."""

from __future__ import annotations

import hashlib
import io
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from edgedet.config.archive import ArchiveConfig
from tests.archive.bed import needs

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def error(code: str) -> bytes:
    return f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>no</Message></Error>'.encode()


@pytest.mark.parametrize("size", [0, 1, 1000, (8 << 20) - 1, 8 << 20, (8 << 20) + 1, 20 << 20])
def test_digests_are_those_s3_computes(size: int, tmp_path: Path) -> None:
    from edgedet.archive.body import PART, Content

    data = bytes(range(256)) * (size // 256 + 1)
    path = tmp_path / "clip.mp4"
    path.write_bytes(data[:size])
    for source in (path, data[:size]):
        content = Content.of(source)
        assert (content.size, content.sha256) == (size, hashlib.sha256(data[:size]).hexdigest())
        parts = [hashlib.sha256(data[begin : min(begin + PART, size)]).digest() for begin in range(0, size, PART)]
        assert list(content.parts) == parts
        if size <= PART:
            assert content.checksum == b64encode(hashlib.sha256(data[:size]).digest()).decode()
        else:
            assert content.checksum == b64encode(hashlib.sha256(b"".join(parts)).digest()).decode() + f"-{len(parts)}"


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (403, "InvalidAccessKeyId", "Refused", ("key AKIA1", "archive.access_key")),
        (403, "SignatureDoesNotMatch", "Refused", ("key AKIA1", "secret_file")),
        (403, "AccessDenied", "Refused", ("key AKIA1", "s3:PutObject")),
        (403, "RequestTimeTooSkewed", "Refused", ("120 min behind", "timedatectl")),
        (403, "", "Refused", ("120 min behind", "timedatectl")),
        (404, "NoSuchBucket", "Refused", ("make it", "archive.bucket")),
        (404, "NoSuchKey", "NotThere", ("not there",)),
        (404, "NoSuchUpload", "NotThere", ("not there",)),
        (301, "PermanentRedirect", "Refused", ("archive.region",)),
        (400, "AuthorizationHeaderMalformed", "Refused", ("archive.region",)),
        (400, "BadDigest", "Unavailable", ("damaged",)),
        (503, "SlowDown", "Unavailable", ("busy",)),
        (503, "", "Unavailable", ("busy",)),
        (507, "XMinioStorageFull", "Refused", ("full",)),
    ],
)
def test_each_answer_says_what_to_do(status: int, code: str, kind: str, words: tuple[str, ...]) -> None:
    from edgedet.archive.diagnosis import fault_of

    headers = {"Date": format_datetime(NOW + timedelta(hours=2), usegmt=True), "Retry-After": "7"}
    fault = fault_of("s3://clips/porch/", "AKIA1", status, headers, error(code) if code else b"", NOW)
    assert type(fault).__name__ == kind
    assert "s3://clips/porch/" in str(fault)
    for word in words:
        assert word in str(fault)
    assert getattr(fault, "wait", 0) == (7 if status == 503 else 0)


def test_a_busy_storage_is_left_alone_ever_longer() -> None:
    import random

    from edgedet.archive.pause import Pause

    pause = Pause(random.Random(3))
    pauses = [pause.next() for _ in range(20)]
    assert all(0.5 * min(600, 2**n) <= each <= min(600, 2**n) for n, each in enumerate(pauses))
    assert len(set(pauses)) == 20
    assert pause.next(asked=5000) == 5000
    pause.clear()
    assert pause.next() <= 1


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"bucket": "clips"}, "s3://bucket"),
        ({"bucket": "s3://Clips"}, "s3://bucket"),
        ({"bucket": "s3://clips//a"}, "empty part"),
        ({"endpoint": "minio.lan:9000"}, "https://host:port"),
        ({"endpoint": "https://minio.lan/clips"}, "host and port alone"),
        ({"access_key": "AKIA1"}, "secret_file"),
        ({"secret_credential": "s3"}, "set access_key"),
        ({"encrypt": "age"}, "recipients"),
        ({"recipients": ["age1x"]}, "encrypt"),
        ({"what": []}, "nothing would be uploaded"),
    ],
)
def test_settings_that_do_not_fit(given: dict[str, object], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        ArchiveConfig(**given)  # type: ignore[arg-type]


def test_bucket_and_prefix() -> None:
    config = ArchiveConfig(bucket="s3://clips/house/porch/")
    assert (config.name, config.prefix) == ("clips", "house/porch/")
    assert ArchiveConfig(bucket="s3://clips").prefix == ""


@needs
def test_what_age_seals_its_key_alone_opens(tmp_path: Path) -> None:
    import pyrage

    from edgedet.archive.faults import ArchiveError
    from edgedet.archive.seal import Seal, read_identities, unseal
    from edgedet.errors import ConfigError

    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    keys = tmp_path / "keys.txt"
    keys.write_text(f"# created: today\n{identity}\n")
    clip, spool = tmp_path / "clip.mp4", tmp_path / "archive" / "x.clip.age"
    clip.write_bytes(b"film" * 2_000_000)
    source = Seal([str(identity.to_public())]).source(clip, spool)
    assert source == spool
    assert b"film" not in spool.read_bytes()
    with spool.open("rb") as sealed:
        plain = io.BytesIO()
        unseal(sealed, plain, read_identities(keys), "clip")
    assert plain.getvalue() == clip.read_bytes()
    with spool.open("rb") as sealed, pytest.raises(ArchiveError, match="--identity"):
        unseal(sealed, io.BytesIO(), [other], "clip")
    with pytest.raises(ConfigError, match="is no public key") as refused:
        Seal([str(identity)])
    assert str(identity) not in str(refused.value)
    with pytest.raises(ConfigError, match="age-keygen"):
        read_identities(clip)
