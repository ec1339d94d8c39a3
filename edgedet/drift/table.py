"""A camera's days, each beside those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from edgedet.config.drift import DriftConfig
from edgedet.drift.distance import median_of, total
from edgedet.drift.finding import Finding, level
from edgedet.drift.folder import Day, DriftFolder
from edgedet.drift.history import days_before, spans_of
from edgedet.drift.hour import SCORES, Hour, Window
from edgedet.drift.measure import MEASURES
from edgedet.drift.reference import Reference
from edgedet.drift.words import describe


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A day.

    Attributes:
        day: its date in UTC.
        hours: its statistics.
        findings: how far it is from the days before; empty: those are too few.
    """

    day: date
    hours: Day
    findings: Sequence[Finding]

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        hours = list(self.hours.values())
        windows = [window for hour in hours for window in hour.windows if window.pictures]
        means = np.mean([window.means for window in windows], axis=0).round(2).tolist() if windows else []
        scores = total([np.zeros(SCORES), *(counts for hour in hours for counts in hour.scores.values())])
        return {
            "day": self.day.isoformat(),
            "frames": sum(hour.frames for hour in hours),
            "dropped": sum(hour.frames - hour.results for hour in hours),
            "looked": sum(hour.looked for hour in hours),
            "objects": sum(hour.objects for hour in hours),
            "score": round(median_of(scores), 3) if scores.sum() else None,
            **dict(zip(MEASURES, means, strict=False)),
            "drift": round(level(self.findings), 3) if self.findings else None,
            "what": describe(self.findings),
            "distances": [finding.to_dict() for finding in self.findings],
        }


def rows(folder: DriftFolder, config: DriftConfig) -> Iterator[Row]:
    """Every day there is, the oldest first.

    Args:
        folder: a camera's files.
        config: how days are compared.
    """
    accepted, spans = folder.accepted(), spans_of(folder.changed())
    for day in folder.days():
        hours = folder.load(day)
        before = [each for _, each in days_before(folder, day, config.days, accepted, spans)]
        yield Row(day, hours, _compare(hours, Reference(before, config.learn, config.tolerance)))


def _compare(hours: Day, reference: Reference) -> list[Finding]:
    """The typical hour of a day: the middle one of each distance, in parts of its limit."""
    found: dict[str, list[Finding]] = {}
    for number, hour in hours.items():
        for finding in reference.compare(number, _whole(hour)):
            found.setdefault(finding.key, []).append(finding)
    typical = [sorted(each, key=lambda finding: finding.ratio)[len(each) // 2] for each in found.values()]
    return typical + (reference.compare_objects(hours) if typical else [])


def _whole(hour: Hour) -> Window:
    """An hour as one window."""
    sums = np.sum([np.zeros(len(MEASURES)), *(window.sums for window in hour.windows)], axis=0)
    return Window(0.0, hour.pictures, sums, hour.edges)


def to_text(camera: str, found: Sequence[Row]) -> str:
    """The days as a table for people."""
    head = f"{camera}:\n  {'day':10} {'frames':>9} {'objects':>8} {'score':>6} {'bright':>6} {'sharp':>6} {'drift':>6}"
    lines = [head]
    for row in found:
        values = row.to_dict()
        numbers = [_number(values.get(name), n) for name, n in (("score", 2), ("brightness", 0), ("sharpness", 1))]
        drift = _number(values["drift"], 2)
        counted = f"{values['frames']:9} {values['objects']:8} {numbers[0]:>6} {numbers[1]:>6} {numbers[2]:>6}"
        lines.append(f"  {values['day']} {counted} {drift:>6}  {values['what']}".rstrip())
    return "\n".join(lines)


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
