"""One signed request to a bucket, and its answer.

Why no whole client: an upload must go on after ``kill -9`` with the parts that have arrived, and of the clients for
Python only botocore offers that. With Python 3.11 on x86-64, beside urllib3, which is here anyway:

==================  ========  ==========  ==================================================================
client              on disk   in memory   resumes a multipart upload of a process that is gone
==================  ========  ==========  ==================================================================
botocore 1.44       31 MB     + 35 MB     yes
obstore 0.12        16 MB     not tried   no: its writer forgets the upload's id
minio 7.2           17 MB     + 8 MB      only by methods that begin with an underscore
==================  ========  ==========  ==================================================================

So signing, where mistakes are made, is minio's (``minio.signer``, SigV4); HTTP is urllib3's; the eight requests that
an archive needs are in :mod:`edgedet.archive.s3`.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from minio.credentials.credentials import Credentials
from minio.signer import sign_v4_s3
from minio.time import to_amz_date

from edgedet.archive.body import Body
from edgedet.archive.diagnosis import connection_fault, fault_of
from edgedet.archive.faults import Unavailable

CONNECT_S, READ_S = 10.0, 60.0
"""Seconds to connect, and between two bytes of an answer."""
_EMPTY = hashlib.sha256().hexdigest()
_ANSWER_MOST = 8 << 20


@dataclass(frozen=True, slots=True)
class Address:
    """Where a bucket is.

    >>> Address("clips", "porch/", "", "eu-central-1").url("camera=front/day=2026-11-21/x.mp4")
    'https://clips.s3.eu-central-1.amazonaws.com/porch/camera%3Dfront/day%3D2026-11-21/x.mp4'
    >>> Address("clips", "", "http://127.0.0.1:9000", "us-east-1").url("", {"list-type": "2"})
    'http://127.0.0.1:9000/clips?list-type=2'

    Attributes:
        bucket: its name.
        prefix: what all keys begin with; empty or ending in ``/``.
        endpoint: the storage's address; empty: AWS.
        region: its region.
    """

    bucket: str
    prefix: str
    endpoint: str
    region: str

    def url(self, key: str, query: Mapping[str, str] | None = None) -> str:
        """The address of an object, or of the bucket itself where ``key`` is empty."""
        path = quote(f"{self.prefix}{key}" if key else "", safe="/~")
        if self.endpoint:
            base = f"{self.endpoint.rstrip('/')}/{self.bucket}{'/' if path else ''}"
        else:
            base = f"https://{self.bucket}.s3.{self.region}.amazonaws.com/"
        asked = urlencode(sorted((query or {}).items()), quote_via=quote, safe="~")
        return f"{base}{path}{'?' if asked else ''}{asked}"

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}" if self.prefix else f"s3://{self.bucket}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        headers: of the answer.
        body: its document.
    """

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """A request.

    Attributes:
        method: of HTTP.
        key: of the object, without the prefix; empty: the bucket itself.
        query: what follows the ``?``.
        headers: beside those that signing adds.
        body: what is sent, with its SHA-256 in hex and its length.
    """

    method: str
    key: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: tuple[bytes | Body, str, int] = (b"", _EMPTY, 0)


class Wire:
    """Signs and sends requests, one after the other, over one connection.

    Args:
        address: the bucket.
        credentials: the key that signs.
        ca_file: who vouches for the storage's certificate; None: those the system trusts.
        read_s: seconds to wait between two bytes of an answer.
    """

    def __init__(
        self, address: Address, credentials: Credentials, ca_file: str | None = None, read_s: float = READ_S
    ) -> None:
        self.address = address
        self._credentials, self._read_s = credentials, read_s
        self._pool = _pool(address.url(""), ca_file)

    def send(self, ask: Ask) -> Answer:
        """Send a request and take its whole answer.

        Raises:
            ArchiveError: it wasn't fulfilled.
            Stopped: the uploader is to end.
        """
        with self.open(ask) as response:
            try:
                return Answer(response.headers, response.read(_ANSWER_MOST))
            except urllib3.exceptions.HTTPError as error:
                raise connection_fault(str(self.address), error, self._read_s) from None

    @contextlib.contextmanager
    def open(self, ask: Ask) -> Iterator[urllib3.BaseHTTPResponse]:
        """Send a request; its answer's body is still to be read.

        Raises:
            ArchiveError: it wasn't fulfilled.
            Stopped: the uploader is to end.
        """
        url = self.address.url(ask.key, ask.query)
        try:
            response = self._pool.urlopen(
                ask.method,
                url,
                body=ask.body[0],
                headers=self._signed(ask, url),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(connect=CONNECT_S, read=self._read_s),
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise connection_fault(str(self.address), error, self._read_s) from None
        try:
            if not 200 <= response.status < 300:
                with contextlib.suppress(urllib3.exceptions.HTTPError):
                    raise self._fault(response, response.read(_ANSWER_MOST))
                raise Unavailable(f"{self.address}: the connection was dropped")
            yield response
        finally:
            response.drain_conn() if response.length_remaining == 0 else response.close()
            response.release_conn()

    def fault(self, status: int, headers: Mapping[str, str], body: bytes) -> Exception:
        """What an answer means that isn't one of success."""
        return fault_of(str(self.address), self._credentials.access_key, status, headers, body, datetime.now(UTC))

    def _fault(self, response: urllib3.BaseHTTPResponse, body: bytes) -> Exception:
        return self.fault(response.status, response.headers, body)

    def _signed(self, ask: Ask, url: str) -> dict[str, str]:
        _, digest, size = ask.body
        now = datetime.now(UTC)
        headers: dict[str, str | list[str] | tuple[str]] = {
            **ask.headers,
            "Host": urlsplit(url).netloc,
            "Content-Length": str(size),
            "x-amz-date": to_amz_date(now),
            "x-amz-content-sha256": digest,
        }
        if self._credentials.session_token:
            headers["x-amz-security-token"] = self._credentials.session_token
        signed = sign_v4_s3(
            method=ask.method,
            url=urlsplit(url),
            region=self.address.region,
            headers=headers,
            credentials=self._credentials,
            content_sha256=digest,
            date=now,
        )
        return {name: str(value) for name, value in signed.items()}


def _pool(url: str, ca_file: str | None) -> urllib3.PoolManager:
    """Connections, through the environment's proxy if it has one."""
    parts = urlsplit(url)
    proxy = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)
    if not proxy:
        return urllib3.PoolManager(maxsize=1, ca_certs=ca_file)
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    login = urllib3.util.parse_url(proxy).auth
    headers = urllib3.make_headers(proxy_basic_auth=login) if login else None
    return urllib3.ProxyManager(proxy, maxsize=1, proxy_headers=headers, ca_certs=ca_file)
