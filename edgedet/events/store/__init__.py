"""What is kept of events: one process writes (:class:`Store`), every other may read (:func:`query`).

Files come first and rows second; after a power cut the folders are the truth, and the database is made to agree.
"""

from __future__ import annotations

from edgedet.events.store.errors import StoreDamaged, StoreError, StoreFull
from edgedet.events.store.marks import delete, keep
from edgedet.events.store.reading import Query, StoredEvent, query, segments
from edgedet.events.store.report import Repairs, Report
from edgedet.events.store.sidecar import Sidecar, read_sidecar
from edgedet.events.store.store import Store
from edgedet.events.store.sweep import Swept

__all__ = [
    "Query",
    "Repairs",
    "Report",
    "Sidecar",
    "Store",
    "StoreDamaged",
    "StoreError",
    "StoreFull",
    "StoredEvent",
    "Swept",
    "delete",
    "keep",
    "query",
    "read_sidecar",
    "segments",
]
