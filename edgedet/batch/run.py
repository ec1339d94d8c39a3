"""A whole run: what is missing is done, everything is merged, and the report written."""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from edgedet.batch.crew import Crew
from edgedet.batch.driver import Driver
from edgedet.batch.output import Output, fingerprint
from edgedet.batch.pool import Pool
from edgedet.batch.progress import progress
from edgedet.batch.report import Price, Session
from edgedet.batch.work import Item, Job, Unit, units_of


@dataclass(frozen=True, slots=True)
class Means:
    """With what a run is done; none of it changes the results.

    Attributes:
        folder: where the results go.
        workers: how many; 0: the physical cores, or all processors of the cluster.
        cluster: a Ray cluster's address; ``local``: one is started here; None: processes of this machine.
        tries: of each clip or picture whose worker dies.
        price: for the report.
    """

    folder: Path
    workers: int = 0
    cluster: str | None = None
    tries: int = 3
    price: Price | None = None


def run(
    job: Job, items: Sequence[Item], means: Means, chunk: int, is_small: Callable[[Item], bool]
) -> tuple[Output, Session]:
    """Do what is missing, side by side.

    Args:
        job: what is done with each item.
        items: in the order of the results.
        means: with what.
        chunk: how many small items make a unit.
        is_small: whether an item is small.

    Returns:
        The run's folder, which the caller closes (it is a context), and how this session went.

    Raises:
        ConfigError: the folder has another run, or the cluster can't be used.
        OutputError: the folder can't be written.
        EdgedetError: the workers can't begin.
    """
    units = units_of(items, chunk, is_small)
    output = Output(means.folder, _about(job, items, chunk))
    try:
        return output, _work(job, units, means, output)
    except BaseException:
        output.__exit__(None, None, None)
        raise


def _about(job: Job, items: Sequence[Item], chunk: int) -> Mapping[str, Any]:
    version = importlib.metadata.version("edgedet")
    inputs = f"{len(items)} (fingerprint {fingerprint(items)[:16]})"
    return {"kind": job.kind, "version": version, "inputs": inputs, "chunk": chunk, **job.identity()}


def _work(job: Job, units: Sequence[Unit], means: Means, output: Output) -> Session:
    missing = output.missing(units)
    if not missing:
        return Session("none: all was done before", 0, 0.0, 0, 0)
    total = sum(len(unit.items) for unit in units)
    todo = sum(len(unit.items) for unit in missing)
    begun = time.monotonic()
    with closing(_crew(job, means, len(missing))) as crew, progress(total, total - todo) as watch:
        Driver(crew, output, means.tries, watch).run(missing)
    return Session(crew.name, crew.size, time.monotonic() - begun, len(missing), todo)


def _crew(job: Job, means: Means, units: int) -> Crew:
    if means.cluster is not None:
        from edgedet.batch.cluster import Cluster

        return Cluster(job, means.workers, means.cluster)
    return Pool(job, min(units, means.workers or psutil.cpu_count(logical=False) or 1))
