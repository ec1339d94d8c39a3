"""Out of the archive again: files of an event, and the proof that all is still there."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgedet.archive.faults import ArchiveError, Damaged, NotThere
from edgedet.archive.ledger import Ledger, Plan
from edgedet.archive.record import stem_of
from edgedet.archive.s3 import Bucket
from edgedet.archive.seal import SUFFIX, unseal
from edgedet.disk import disk_error

_ID = re.compile(r"\d{8}-\d{6}\.\d{3}-[\w-]+-[0-9a-f]{4}")


def get(bucket: Bucket, event_id: str, target: Path, identities: Sequence[Any]) -> list[Path]:
    """Fetch all files of an event; those that were encrypted are decrypted.

    Args:
        bucket: where they are.
        event_id: the event, by its whole id.
        target: folder they go to.
        identities: private keys, of which one must fit; none: what is encrypted stays so.

    Returns:
        What was written.

    Raises:
        ArchiveError: there is no such event there, no key fits, or the bucket fails.
        OutputError: the folder can't be written.
    """
    if not is_id(event_id):
        raise ArchiveError(f"{event_id}: no id of an event; write it whole, such as 20261121-104455.123-front-7f3a")
    found = list(bucket.list(stem_of(event_id) + "."))
    if not found:
        raise ArchiveError(f"{event_id}: not in {bucket.wire.address}; see edgedet archive status, and check the id")
    written = []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for each in found:
            name = Path(each.key).name
            with tempfile.NamedTemporaryFile(dir=target, prefix=f".{name}.") as raw:
                bucket.fetch(each.key, raw)  # type: ignore[arg-type]
                raw.flush()
                written.append(_place(Path(raw.name), target / name, identities))
    except OSError as error:
        if isinstance(error, ArchiveError):
            raise
        raise disk_error(target, error) from None
    return written


def _place(raw: Path, path: Path, identities: Sequence[Any]) -> Path:
    """Copy or decrypt what came to its final name, which it gets once it is whole."""
    sealed = path.suffix == SUFFIX and bool(identities)
    final = path.with_suffix("") if sealed else path
    half = final.with_name(f".{final.name}.tmp")
    try:
        with raw.open("rb") as source, half.open("wb") as file:
            if sealed:
                unseal(source, file, identities, path.name)
            else:
                while block := source.read(1 << 20):
                    file.write(block)
        half.replace(final)
    finally:
        half.unlink(missing_ok=True)
    return final


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that should be in the bucket.

    Attributes:
        event_id: whose it is.
        plan: what was sent.
        fault: what is wrong with it; empty: nothing.
    """

    event_id: str
    plan: Plan
    fault: str


def verify(bucket: Bucket, ledger: Ledger, download: bool) -> Iterator[Checked]:
    """Check everything that was archived from here, one file after the other.

    Args:
        bucket: where it should be.
        ledger: what was sent.
        download: fetch it all and compute the SHA-256 here, instead of asking for size and checksum.

    Raises:
        ArchiveError: the bucket fails.
    """
    for event_id in ledger.archived():
        for plan in ledger.plans(event_id):
            fault = ""
            try:
                bucket.check(plan.key, plan.size, plan.sha256, plan.checksum)
                if download:
                    with tempfile.TemporaryFile() as file:
                        if bucket.fetch(plan.key, file) != plan.sha256:
                            fault = f"{bucket.wire.address}: {plan.key} has other bytes than were sent"
            except (NotThere, Damaged) as error:
                fault = str(error)
            yield Checked(event_id, plan, fault)


def is_id(text: str) -> bool:
    """Whether a text can be the whole id of an event."""
    return _ID.fullmatch(text) is not None
