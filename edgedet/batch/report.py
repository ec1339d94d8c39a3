"""Throughput and cost of a run, beside its results."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from edgedet.batch.journal import Row
from edgedet.batch.output import Output


@dataclass(frozen=True, slots=True)
class Session:
    """What the driver did, from its start to its end; a run that was resumed had several.

    Attributes:
        crew: what the workers were.
        workers: how many.
        seconds: how long it worked.
        units: how many it did; those of earlier sessions not counted.
        items: how many clips and pictures these had.
    """

    crew: str
    workers: int
    seconds: float
    units: int
    items: int


@dataclass(frozen=True, slots=True)
class Price:
    """What it costs.

    Attributes:
        an_hour: of the machine, or of the whole cluster, in any currency.
        project: for how many clips or pictures the cost is projected; 0: for those of the run.
    """

    an_hour: float
    project: int = 0


def report(session: Session, output: Output, price: Price | None) -> dict[str, Any]:
    """Everything measured, as plain values; also written to ``report.json``.

    Args:
        session: of this driver.
        output: the run.
        price: what it costs; None: nothing is said of it.
    """
    rows = list(output.rows())
    values = {
        "session": {
            "workers_are": session.crew,
            "workers": session.workers,
            "seconds": round(session.seconds, 3),
            "units": session.units,
            "items": session.items,
            "items_per_second": _rate(session.items, session.seconds),
        },
        "run": _whole(rows),
        "workers": _by_worker(rows),
    }
    if price is not None and session.items:
        values["cost"] = _cost(session, price, sum(row.items for row in rows))
    output.write_lines("report.json", [json.dumps(values, indent=1)])
    return values


def to_lines(values: dict[str, Any]) -> Iterator[str]:
    """The report for people."""
    session, run = values["session"], values["run"]
    yield (
        f"{run['items']} clips and pictures in {run['units']} units, {run['failed']} failed; {run['frames']} frames, "
        f"{run['cpu_seconds']:.1f} CPU seconds"
    )
    if session["items"]:
        yield (
            f"this session: {session['items']} in {session['seconds']:.1f} s with {session['workers']} workers "
            f"({session['workers_are']}): {session['items_per_second']:.2f}/s"
        )
        for name, worker in values["workers"].items():
            yield f"  {name}: {worker['items']} in {worker['seconds']:.1f} s, {worker['items_per_second']:.2f}/s"
    cost = values.get("cost")
    if cost is not None:
        yield f"cost: {cost['session']:.4f} for this session, {cost['projected']:.2f} for {cost['for_items']} projected"


def _whole(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "units": len(rows),
        "items": sum(row.items for row in rows),
        "failed": sum(len(row.failed) for row in rows),
        "frames": sum(row.frames for row in rows),
        "worker_seconds": round(sum(row.wall_s for row in rows), 3),
        "cpu_seconds": round(sum(row.cpu_s for row in rows), 3),
    }


def _by_worker(rows: Sequence[Row]) -> dict[str, Any]:
    items: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    for row in rows:
        items[row.worker] += row.items
        seconds[row.worker] += row.wall_s
    return {
        name or "nobody": {
            "items": items[name],
            "seconds": round(seconds[name], 3),
            "items_per_second": _rate(items[name], seconds[name]),
        }
        for name in sorted(items)
    }


def _cost(session: Session, price: Price, items: int) -> dict[str, Any]:
    spent = price.an_hour * session.seconds / 3600
    wanted = price.project or items
    return {
        "price_per_hour": price.an_hour,
        "session": round(spent, 6),
        "for_items": wanted,
        "projected": round(spent / session.items * wanted, 6),
    }


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 3) if seconds > 0 else 0.0
