"""What the catalogue says of an event: one flat row, the same in JSON lines and in Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from edgedet.archive.ledger import Plan, State
from edgedet.event import Event
from edgedet.events.places import Kind

FileKind = Literal["clip", "snapshot", "json"]
SUFFIXES: dict[FileKind, str] = {"clip": ".mp4", "snapshot": ".jpg", "json": ".json"}
KINDS: dict[FileKind, Kind] = {"clip": "clip", "snapshot": "snapshot"}
"""Of those that are files of the store's; ``json`` is the sidecar."""
COLUMNS: dict[str, str] = {
    "event": "VARCHAR",
    "camera": "VARCHAR",
    "day": "DATE",
    "label": "VARCHAR",
    "rule": "VARCHAR",
    "started": "TIMESTAMPTZ",
    "ended": "TIMESTAMPTZ",
    "score": "DOUBLE",
    "box": "DOUBLE[]",
    "zones": "VARCHAR[]",
    "lines": "VARCHAR[]",
    "model": "VARCHAR",
    "state": "VARCHAR",
    "done": "TIMESTAMPTZ",
    "encrypted": "VARCHAR",
    **{
        f"{kind}_{name}": sort
        for kind in SUFFIXES
        for name, sort in {"key": "VARCHAR", "size": "BIGINT", "sha256": "VARCHAR"}.items()
    },
}
"""The columns and their types, as DuckDB calls them. ``box`` is x1, y1, x2, y2 as fractions of the picture; sizes and
digests are those of what lies in the bucket."""


def day_of(event_id: str) -> str:
    """The day in its id, which is the one of its folder: ``2026-11-21``."""
    return f"{event_id[:4]}-{event_id[4:6]}-{event_id[6:8]}"


def camera_of(event_id: str) -> str:
    """The camera in its id.

    >>> camera_of("20261121-104455.123-back-yard-7f3a")
    'back-yard'
    """
    return event_id.split("-", 2)[2].rpartition("-")[0]


def stem_of(event_id: str) -> str:
    """What the keys of its files begin with.

    >>> stem_of("20261121-104455.123-front-7f3a")
    'camera=front/day=2026-11-21/20261121-104455.123-front-7f3a'
    """
    return f"camera={camera_of(event_id)}/day={day_of(event_id)}/{event_id}"


def record_of(event: Event, model: str, encrypted: str) -> dict[str, Any]:
    """The row of an event that isn't archived yet.

    Args:
        event: it.
        model: the detector's name.
        encrypted: ``off``, ``server`` or ``age``.
    """
    values = event.to_dict()
    return {
        "event": event.id,
        "camera": event.camera,
        "day": day_of(event.id),
        "label": event.label,
        "rule": event.rule,
        "started": values["started"],
        "ended": values["ended"],
        "score": round(event.best_score, 4),
        "box": [round(each, 5) for each in event.best_box],
        "zones": values["zones"],
        "lines": values["lines"],
        "model": model,
        "state": "waiting",
        "encrypted": encrypted,
    }


def done_record(record: Mapping[str, Any], state: State, plans: Iterable[Plan], now: datetime) -> dict[str, Any]:
    """The row of one that is; of one that is lost, with what had arrived by then.

    Args:
        record: as :func:`record_of` made it.
        state: what became of it.
        plans: the files that are in the bucket.
        now: UTC time.
    """
    files = {
        f"{plan.kind}_{name}": value
        for plan in plans
        for name, value in {"key": plan.key, "size": plan.size, "sha256": plan.sha256}.items()
    }
    return {**record, **files, "state": state, "done": now.astimezone(UTC).isoformat(timespec="milliseconds")}
