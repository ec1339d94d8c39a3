"""What an archive asks of a bucket: eight of S3's requests (Amazon S3 API Reference)."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import urllib3.exceptions

from edgedet.archive.body import Body, Content, Pace
from edgedet.archive.diagnosis import connection_fault
from edgedet.archive.faults import Damaged, NotThere, Unavailable
from edgedet.archive.wire import READ_S, Ask, Wire

SUM = "x-amz-checksum-sha256"
_META = "x-amz-meta-sha256"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an upload that has arrived.

    Attributes:
        etag: what the storage calls it.
        size: bytes.
        checksum: its SHA-256 in base 64; empty where the storage doesn't say.
    """

    etag: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Object:
    """An object of the bucket.

    Attributes:
        key: its key, without the prefix.
        size: bytes.
        etag: what the storage calls this version.
    """

    key: str
    size: int
    etag: str


class Bucket:
    """Objects of one bucket, below its prefix.

    Args:
        wire: how it is reached.
        pace: how fast bodies are sent.
        server_side: have the storage encrypt what it keeps (SSE-S3).
    """

    def __init__(self, wire: Wire, pace: Pace, server_side: bool = False) -> None:
        self.wire, self._pace = wire, pace
        self._headers = {"x-amz-server-side-encryption": "AES256"} if server_side else {}

    def put(self, key: str, content: Content, kind: str) -> None:
        """Send a whole object. The storage checks its SHA-256, twice: as signed, and as the object's checksum.

        Raises:
            ArchiveError: it isn't there now.
        """
        headers = {**self._kept(content, kind), SUM: content.checksum, "x-amz-sdk-checksum-algorithm": "SHA256"}
        self._send("PUT", key, {}, headers, content, 0, content.size, content.sha256)

    def begin(self, key: str, content: Content, kind: str) -> str:
        """Begin an upload in parts; its id."""
        headers = {**self._kept(content, kind), "x-amz-checksum-algorithm": "SHA256"}
        return _text(_parsed(self.wire.send(Ask("POST", key, {"uploads": ""}, headers)).body), "UploadId")

    def put_part(self, key: str, upload_id: str, content: Content, number: int) -> Part:
        """Send a part, counted from 0."""
        begin, size = content.part(number)
        digest = content.parts[number]
        headers = {SUM: b64encode(digest).decode(), "x-amz-sdk-checksum-algorithm": "SHA256"}
        query = {"partNumber": str(number + 1), "uploadId": upload_id}
        answer = self._send("PUT", key, query, headers, content, begin, size, digest.hex())
        return Part(answer["ETag"], size, headers[SUM])

    def parts(self, key: str, upload_id: str) -> dict[int, Part]:
        """The parts of an upload that have arrived, counted from 0.

        Raises:
            NotThere: there is no such upload; perhaps it is complete.
        """
        found: dict[int, Part] = {}
        marker = ""
        while True:
            query = {"uploadId": upload_id} | ({"part-number-marker": marker} if marker else {})
            root = _parsed(self.wire.send(Ask("GET", key, query)).body)
            for part in _all(root, "Part"):
                each = Part(_text(part, "ETag"), int(_text(part, "Size")), _text(part, "ChecksumSHA256"))
                found[int(_text(part, "PartNumber")) - 1] = each
            marker = _text(root, "NextPartNumberMarker")
            if _text(root, "IsTruncated") != "true" or not marker:
                return found

    def complete(self, key: str, upload_id: str, parts: Sequence[Part]) -> None:
        """Make one object of its parts."""
        root = ET.Element("CompleteMultipartUpload", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
        for number, part in enumerate(parts, 1):
            said = {"PartNumber": str(number), "ETag": part.etag, "ChecksumSHA256": part.checksum}
            each = ET.SubElement(root, "Part")
            for name, value in said.items():
                ET.SubElement(each, name).text = value
        body = ET.tostring(root)
        ask = Ask("POST", key, {"uploadId": upload_id}, body=(body, hashlib.sha256(body).hexdigest(), len(body)))
        answer = self.wire.send(ask)
        if _parsed(answer.body).tag.endswith("Error"):  # it begins to answer, with 200, before it knows
            raise self.wire.fault(503, answer.headers, answer.body)

    def abort(self, key: str, upload_id: str) -> None:
        """Have the parts of an upload thrown away; one that isn't there any more is fine."""
        try:
            self.wire.send(Ask("DELETE", key, {"uploadId": upload_id}))
        except NotThere:
            return

    def check(self, key: str, size: int, sha256: str, checksum: str) -> None:
        """Make sure that an object is there, and is what was sent.

        Args:
            key: the object.
            size: bytes it must have.
            sha256: in hex, as it was sent with it.
            checksum: as S3 computes it: :attr:`edgedet.archive.body.Content.checksum`.

        Raises:
            NotThere: there is none.
            Damaged: it is another.
        """
        headers = self.wire.send(Ask("HEAD", key, headers={"x-amz-checksum-mode": "ENABLED"})).headers
        found = int(headers.get("Content-Length", -1))
        if found != size:
            raise Damaged(f"{self.wire.address}: {key} has {found} bytes there, not {size}")
        said, meta = headers.get(SUM, ""), headers.get(_META, "")
        # of an upload in parts it is the sum of the parts' sums, with their number or without, or that of the whole
        right = (checksum.partition("-")[0], b64encode(bytes.fromhex(sha256)).decode())
        if (said and said.partition("-")[0] not in right) or (meta and meta != sha256) or not (said or meta):
            raise Damaged(f"{self.wire.address}: {key} has the checksum {said or meta or 'none'} there, not {checksum}")

    def fetch(self, key: str, file: BinaryIO) -> str:
        """Write an object into a file; the SHA-256 of what came, in hex.

        Raises:
            ArchiveError: it didn't come whole.
        """
        digest = hashlib.sha256()
        with self.wire.open(Ask("GET", key)) as response:
            try:
                for block in response.stream(1 << 16, decode_content=False):
                    digest.update(block)
                    file.write(block)
            except urllib3.exceptions.HTTPError as error:
                raise connection_fault(str(self.wire.address), error, READ_S) from None
        return digest.hexdigest()

    def read(self, key: str) -> bytes:
        """A small object, whole."""
        file = BytesIO()
        self.fetch(key, file)
        return file.getvalue()

    def list(self, prefix: str, after: str = "") -> Iterator[Object]:
        """The objects whose keys begin so, in the order of their keys; those after one if it is given."""
        own, token = self.wire.address.prefix, ""
        begin = {"list-type": "2", "prefix": own + prefix} | ({"start-after": own + after} if after else {})
        while True:
            query = begin | ({"continuation-token": token} if token else {})
            root = _parsed(self.wire.send(Ask("GET", query=query)).body)
            for each in _all(root, "Contents"):
                key = _text(each, "Key").removeprefix(own)
                yield Object(key, int(_text(each, "Size")), _text(each, "ETag"))
            token = _text(root, "NextContinuationToken")
            if _text(root, "IsTruncated") != "true" or not token:
                return

    def _kept(self, content: Content, kind: str) -> dict[str, str]:
        return {**self._headers, "Content-Type": kind, _META: content.sha256}

    def _send(
        self,
        method: str,
        key: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        content: Content,
        begin: int,
        size: int,
        digest: str,
    ) -> Mapping[str, str]:
        with closing(Body(content, begin, size, self._pace)) as body:
            return self.wire.send(Ask(method, key, query, headers, (body, digest, size))).headers


def media_type(path: Path) -> str:
    """What a file is, for the header."""
    known = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".json": "application/json"}
    return known.get(path.suffix, "application/octet-stream")


def _parsed(body: bytes) -> ET.Element:
    try:
        return ET.fromstring(body)
    except ET.ParseError:
        raise Unavailable(
            "the storage answered with something else than S3's documents; is that its address?"
        ) from None


def _all(root: ET.Element, name: str) -> Iterator[ET.Element]:
    return (each for each in root if each.tag.rpartition("}")[2] == name)


def _text(root: ET.Element, name: str) -> str:
    return next((each.text or "" for each in _all(root, name)), "")
