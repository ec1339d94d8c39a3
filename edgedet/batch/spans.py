"""When what was seen: detections of single frames, or events, as stretches of time in each clip."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from edgedet.event import Event

GAP = 1.0
"""Seconds a label may be out of sight without a new stretch beginning, where every frame was looked at."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a clip in which a label was seen.

    Attributes:
        source: the clip.
        label: what was seen.
        begin, end: seconds from the clip's beginning.
        score: the best.
        rule, zones, lines: of the event, where it is one.
    """

    source: str
    label: str
    begin: float
    end: float
    score: float
    rule: str = ""
    zones: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, without what it hasn't."""
        values = {"source": self.source, "label": self.label, "from": self.begin, "to": self.end, "score": self.score}
        more = {"rule": self.rule, "zones": list(self.zones), "lines": list(self.lines)}
        return {**values, **{name: value for name, value in more.items() if value}}

    def event(self) -> Event:
        """As an event of a camera called like the clip, to be compared with others; its day isn't known."""
        day = datetime.fromtimestamp(self.begin, UTC)
        return Event(
            "", self.source, self.label, self.rule, "end", day, datetime.fromtimestamp(self.end, UTC), self.begin,
            self.end, self.score, (0.0, 0.0, 0.0, 0.0), self.begin, 0, self.zones, self.lines,
        )  # fmt: skip


def spans(lines: Iterable[str], gap: float = GAP) -> Iterator[tuple[str, list[Span]]]:
    """The stretches of each clip, by begin; the clips in the order they come.

    Args:
        lines: the results of a run of ``detect`` or ``replay``, in order.
        gap: seconds a label may be out of sight within one stretch.

    Raises:
        ValueError, KeyError, TypeError: they aren't such results.
    """
    rows = (json.loads(line) for line in lines if line.strip())
    for source, of_clip in groupby(rows, key=lambda row: str(row["source"])):
        yield source, sorted(_of_clip(source, list(of_clip), gap), key=lambda span: (span.begin, span.label, span.end))


def _of_clip(source: str, rows: list[dict[str, Any]], gap: float) -> Iterator[Span]:
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if "detections" not in row:
            zones, crossed = tuple(row["zones"]), tuple(row["lines"])
            yield Span(source, row["label"], row["begin"], row["end"], row["best_score"], row["rule"], zones, crossed)
            continue
        for found in row["detections"]:
            seen[found["label"]].append((float(row["time"]), float(found["score"])))
    for label, moments in seen.items():
        yield from _joined(source, label, moments, gap)


def _joined(source: str, label: str, moments: list[tuple[float, float]], gap: float) -> Iterator[Span]:
    begin, best = moments[0]
    end = begin
    for time, score in moments[1:]:
        if time - end > gap:
            yield Span(source, label, begin, end, best)
            begin, best = time, score
        end, best = time, max(best, score)
    yield Span(source, label, begin, end, best)
