"""One file into the bucket: whole or in parts, again where it was left, and checked once it is there."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

from edgedet.archive.body import PART, Content
from edgedet.archive.faults import Damaged, NotThere
from edgedet.archive.ledger import Ledger, Plan
from edgedet.archive.s3 import Bucket, Part, media_type
from edgedet.archive.seal import SUFFIX, Seal


class Sender:
    """Sends files of events.

    Args:
        bucket: where to.
        ledger: remembers how far each is.
        seal: encrypts; None: nobody does.
        spool: folder of what is encrypted and large.
    """

    def __init__(self, bucket: Bucket, ledger: Ledger, seal: Seal | None, spool: Path) -> None:
        self._bucket, self._ledger, self._seal, self._spool = bucket, ledger, seal, spool

    def send(self, event_id: str, kind: str, path: Path, key: str) -> Plan:
        """Have a file in the bucket, under its key, found there and found right. What was done before isn't again.

        Args:
            event_id: whose it is.
            kind: what it is.
            path: where it is.
            key: where to, without what encryption adds.

        Returns:
            What is there.

        Raises:
            ArchiveError: it isn't there; the next call goes on.
            OSError: the file can't be read.
        """
        plan = self._ledger.plan(event_id, kind)
        if plan is not None and (plan.done or self._arrived(event_id, plan)):
            self._spooled(event_id, kind).unlink(missing_ok=True)
            return replace(plan, done=True)
        content, key = self._content(event_id, kind, path, key)
        if plan is None or (plan.key, plan.sha256) != (key, content.sha256):
            if plan is not None and plan.upload_id:
                self._bucket.abort(plan.key, plan.upload_id)
            plan = Plan(kind, key, content.size, content.sha256, content.checksum)
            self._ledger.put_plan(event_id, plan)
        if content.size <= PART:
            self._bucket.put(key, content, media_type(Path(key)))
        else:
            self._in_parts(event_id, plan, content, media_type(Path(key)))
        self._bucket.check(plan.key, plan.size, plan.sha256, plan.checksum)
        done = replace(plan, upload_id="", done=True)
        self._ledger.put_plan(event_id, done)
        self._spooled(event_id, kind).unlink(missing_ok=True)
        return done

    def _arrived(self, event_id: str, plan: Plan) -> bool:
        """Whether the end came between arriving and noting it."""
        try:
            self._bucket.check(plan.key, plan.size, plan.sha256, plan.checksum)
        except (NotThere, Damaged):
            return False
        self._ledger.put_plan(event_id, replace(plan, upload_id="", done=True))
        return True

    def _content(self, event_id: str, kind: str, path: Path, key: str) -> tuple[Content, str]:
        if self._seal is None:
            return Content.of(path), key
        return Content.of(self._seal.source(path, self._spooled(event_id, kind))), key + SUFFIX

    def _spooled(self, event_id: str, kind: str) -> Path:
        return self._spool / f"{event_id}.{kind}{SUFFIX}"

    def _in_parts(self, event_id: str, plan: Plan, content: Content, kind: str) -> None:
        have: dict[int, Part] = {}
        upload_id = plan.upload_id
        if upload_id:
            try:
                have = self._bucket.parts(plan.key, upload_id)
            except NotThere:  # thrown away after days, as buckets can be told to
                upload_id = ""
        if not upload_id:
            upload_id = self._bucket.begin(plan.key, content, kind)
            self._ledger.put_plan(event_id, replace(plan, upload_id=upload_id))
        parts = []
        for number, digest in enumerate(content.parts):
            part = have.get(number)
            if part is None or not _is_same(part, content, number):
                part = self._bucket.put_part(plan.key, upload_id, content, number)
            parts.append(replace(part, checksum=b64encode(digest).decode()))
        self._bucket.complete(plan.key, upload_id, parts)


def _is_same(part: Part, content: Content, number: int) -> bool:
    """Whether a part that has arrived is the one we would send; by its MD5 where the storage keeps no better sum."""
    begin, size = content.part(number)
    if part.size != size:
        return False
    if part.checksum:
        return part.checksum == b64encode(content.parts[number]).decode()
    assert isinstance(content.source, Path)
    with content.source.open("rb") as file:
        file.seek(begin)
        return part.etag.strip('"') == hashlib.md5(file.read(size), usedforsecurity=False).hexdigest()
