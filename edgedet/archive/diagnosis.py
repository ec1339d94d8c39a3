"""What a storage's answer, or the want of one, means."""

from __future__ import annotations

import ssl
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import urllib3.exceptions as wrong

from edgedet.archive.faults import ArchiveError, NotThere, Refused, Unavailable

_BUSY = {"SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "TooManyRequests", "OperationAborted"}
_GARBLED = {"BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "InvalidDigest", "InvalidPart"}
_GONE = {"NoSuchKey", "NoSuchUpload"}
_LONGEST_WAIT = 600.0


def fault_of(
    place: str, key_id: str, status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> ArchiveError:
    """What a storage's answer means (Amazon S3 API Reference, "Error responses").

    Args:
        place: the bucket, for people.
        key_id: the id of the key that signed the request.
        status: of the answer.
        headers: of the answer.
        body: of the answer; XML, or nothing after HEAD.
        now: UTC time here, to be compared with the storage's.
    """
    code, message = _said(body)
    said = f"{status} {code}".strip()
    if code in ("RequestTimeTooSkewed", "RequestExpired") or (status == 403 and not code and _skew(headers, now)):
        return Refused(_clock(place, said, headers, now))
    if code in _GARBLED:
        return Unavailable(f"{place}: {said}: what was sent arrived damaged")
    if code in _BUSY or status in (408, 429, 500, 502, 503, 504):
        asked = headers.get("Retry-After", "")
        wait = min(float(asked), _LONGEST_WAIT) if asked.isdigit() else 0.0
        return Unavailable(f"{place}: the storage is busy or out of order ({said})", wait)
    if code == "NoSuchBucket":
        return Refused(f"{place}: there is no such bucket; make it, or correct archive.bucket")
    if code in _GONE or status == 404:
        return NotThere(f"{place}: not there ({said})")
    return Refused(f"{place}: {_refusal(said, code, message, key_id, status)}")


def _refusal(said: str, code: str, message: str, key_id: str, status: int) -> str:
    if code == "InvalidAccessKeyId":
        return f"the storage doesn't know the key {key_id} ({said}); correct archive.access_key, or make the key there"
    if code == "SignatureDoesNotMatch":
        return f"the secret doesn't fit the key {key_id} ({said}); correct what archive.secret_file names"
    if status in (401, 403):
        return (
            f"the key {key_id} isn't allowed to ({said}); give it s3:GetObject, s3:PutObject, s3:ListBucket, "
            "s3:AbortMultipartUpload and s3:ListMultipartUploadParts there"
        )
    if 300 <= status < 400 or code in ("AuthorizationHeaderMalformed", "PermanentRedirect"):
        return f"it is in another region or at another address ({said}); correct archive.region or archive.endpoint"
    if code in ("QuotaExceeded", "XMinioStorageFull") or status == 507:
        return f"the storage is full ({said}); make room there"
    return f"the storage refuses ({said}{f': {message[:200]}' if message else ''}); check the bucket and its settings"


def connection_fault(place: str, error: Exception, timeout: float) -> ArchiveError:
    """What went wrong on the way there or back.

    Args:
        place: the bucket, for people.
        error: as urllib3 or the system raised it.
        timeout: seconds that were waited.
    """
    if isinstance(error, wrong.MaxRetryError | wrong.ProxyError):
        inner = error.reason if isinstance(error, wrong.MaxRetryError) else error.original_error
        return connection_fault(place, inner, timeout) if inner is not None else Unavailable(f"{place}: no connection")
    if isinstance(error, wrong.SSLError) and error.args and isinstance(error.args[0], ssl.SSLCertVerificationError):
        reason = error.args[0].verify_message
        return Refused(f"{place}: its certificate isn't trusted ({reason}); set archive.ca_file, and check the clock")
    if isinstance(error, wrong.NameResolutionError):
        return Unavailable(f"{place}: its host isn't found: no network, no DNS, or a wrong archive.endpoint")
    if isinstance(error, wrong.NewConnectionError):
        cause = error.__cause__ or error.__context__
        return Unavailable(f"{place}: can't connect ({getattr(cause, 'strerror', None) or 'no answer'})")
    if isinstance(error, wrong.TimeoutError | TimeoutError):
        return Unavailable(f"{place}: nothing came for {timeout:g} s")
    return Unavailable(f"{place}: the connection was dropped")


def _said(body: bytes) -> tuple[str, str]:
    """Code and message of an error document; empty where it is none."""
    try:
        root = ET.fromstring(body)
    except ET.ParseError:
        return "", ""
    found = {each.tag.rpartition("}")[2]: each.text or "" for each in root}
    return found.get("Code", ""), found.get("Message", "")


def _skew(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds by which this clock is ahead; 0 where that is less than the 15 minutes that signatures allow."""
    try:
        ahead = (now - parsedate_to_datetime(headers["Date"]).astimezone(UTC)).total_seconds()
    except (KeyError, ValueError, TypeError):
        return 0.0
    return ahead if abs(ahead) > 900 else 0.0


def _clock(place: str, said: str, headers: Mapping[str, str], now: datetime) -> str:
    ahead = _skew(headers, now)
    by = f"{abs(ahead) / 60:.0f} min {'ahead of' if ahead > 0 else 'behind'}" if ahead else "too far from"
    return f"{place}: this machine's clock is {by} the storage's ({said}); see timedatectl: is the time set by network?"
