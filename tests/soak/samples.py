"""What is measured every few seconds, and the file it goes to."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.soak.house import House


@dataclass(frozen=True)
class Sample:
    """One look.

    Attributes:
        second: since the start.
        rss_mb: memory of the program.
        fds, threads: open files, and threads.
        cpu_s: processor seconds used so far.
        store_mb, database_mb, events: of what is kept, with the clips being written, in 1e6 bytes; of the database
            beside its log; how many events.
        latency_ms: from capture to published, the median of the latest.
        frames: detected so far, by all cameras.
        least: the fewest frames any camera had detected.
        told: news of events heard over the broker.
    """

    second: float
    rss_mb: float
    fds: int
    threads: int
    cpu_s: float
    store_mb: float
    database_mb: float
    events: int
    latency_ms: float
    frames: int
    least: int
    told: int


def look(house: House, second: float) -> Sample:
    """Take one."""
    report, process = house.report(), house.seen
    frames = [camera["frames"]["detected"] for camera in report["cameras"].values()]
    sizes = _sizes(house.folder / "events")
    used = process.cpu_times()
    return Sample(
        second=round(second, 1),
        rss_mb=round(process.memory_info().rss / 2**20, 2),
        fds=process.num_fds(),
        threads=process.num_threads(),
        cpu_s=round(used.user + used.system, 2),
        store_mb=round(sum(sizes.values()) / 1e6, 2),
        database_mb=round(sum(size for path, size in sizes.items() if ".db" in path.name) / 2**20, 3),
        events=sum(path.name.endswith(".json") for path in sizes),
        latency_ms=(report["latency_ms"]["end_to_end"] or {"p50": 0.0})["p50"],
        frames=sum(frames),
        least=min(frames),
        told=len(house.home.messages),
    )


def _sizes(folder: Path) -> Mapping[Path, int]:
    """Bytes of each file below; what is deleted meanwhile isn't there any more."""
    sizes = {}
    for where, _, names in os.walk(folder):
        for path in (Path(where, name) for name in names):
            with contextlib.suppress(FileNotFoundError):
                sizes[path] = path.stat().st_size
    return sizes


class Samples:
    """A CSV file that grows by a line a look, so that a run that is cut off is a shorter run."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="")
        self._writer = csv.DictWriter(self._file, [field.name for field in fields(Sample)])
        self._writer.writeheader()

    def add(self, sample: Sample) -> None:
        self._writer.writerow(asdict(sample))
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Mapping[str, NDArray[np.float64]]:
    """The columns of such a file, by name."""
    with path.open(newline="") as file:
        rows: Sequence[Mapping[str, str]] = list(csv.DictReader(file))
    return {field.name: np.array([float(row[field.name]) for row in rows]) for field in fields(Sample)}
