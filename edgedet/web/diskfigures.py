"""How much room there is for events, and how much may still be written today."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from edgedet.config import Config
from edgedet.errors import OutputError
from edgedet.events.store import Query
from edgedet.events.store.budget import level_for
from edgedet.events.store.disk import free_bytes, total_bytes
from edgedet.events.store.errors import store_error
from edgedet.events.store.statistics import statistics
from edgedet.web.healthmodels import DiskModel, WritesModel

HELD_S = 10.0
"""Seconds the figures are held: they come from the disk that films go to."""
_NOTHING = Query(ids=("-",))
"""No event at all: of those only a sum is wanted, and the disk has its own."""


@dataclass(slots=True)
class _Held:
    root: Path | None = None
    at: float = 0.0
    disk: DiskModel | None = None
    writes: WritesModel | None = None


class DiskFigures:
    """Reads them, and holds them for a while. Threads may share it."""

    def __init__(self) -> None:
        self._held = _Held()
        self._lock = threading.Lock()

    def read(self, config: Config) -> tuple[DiskModel | None, WritesModel | None]:
        """The disk, and what is written to it; None where nothing is kept, or the disk doesn't say.

        Args:
            config: the settings in force.
        """
        root = config.storage.path
        if root is None:
            return None, None
        with self._lock:
            held = self._held
            if held.root != root or time.monotonic() - held.at > HELD_S:
                disk = _disk(root)
                writes = _writes(root, config) if not disk.problem else None
                self._held = held = _Held(root, time.monotonic(), disk, writes)
        return held.disk, held.writes


def _disk(root: Path) -> DiskModel:
    try:
        return DiskModel(path=str(root), free=free_bytes(root), total=total_bytes(root))
    except OSError as error:
        return DiskModel(path=str(root), problem=str(store_error(error, root)))


def _writes(root: Path, config: Config) -> WritesModel:
    budget = config.retention.write_gb_per_day * 1e9
    try:
        found = statistics(root, _NOTHING, card_tbw=config.retention.card_tbw)
    except (OutputError, OSError) as error:
        return WritesModel(problem=str(error))
    return WritesModel(
        today=found.written_today,
        budget=round(budget),
        level=level_for(found.written_today, budget).name.lower(),
        per_day=round(found.wear.bytes_per_day),
        card_years=round(found.wear.years, 1) if found.wear.bytes_per_day else None,
        card_assumed=found.wear.assumed,
        continuous=found.continuous_bytes,
    )
