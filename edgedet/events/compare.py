"""What changed between two runs over the same film: events that appeared, disappeared or became others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgedet.event import Event

SECONDS, SCORE = 0.05, 0.005
"""Differences up to these don't count: they are beyond what a frame's time and a printed score tell."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of an event that isn't the same.

    Attributes:
        name: ``duration`` (seconds), ``best_score``, ``zones``, ``lines`` or ``rule``.
        before, after: its values.
    """

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """An event of both runs that isn't the same in both.

    Attributes:
        before, after: it.
        differences: in what; at least one.
    """

    before: Event
    after: Event
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the events, each in the order of their begin.

    Attributes:
        appeared: only after.
        disappeared: only before.
        changed: in both, otherwise.
        same: how many are in both, and the same.
    """

    appeared: tuple[Event, ...]
    disappeared: tuple[Event, ...]
    changed: tuple[Changed, ...]
    same: int

    def __bool__(self) -> bool:
        """Whether anything isn't the same."""
        return bool(self.appeared or self.disappeared or self.changed)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        changed = [
            {
                "before": each.before.to_dict(),
                "after": each.after.to_dict(),
                "differences": {
                    d.name: {"before": _plain(d.before), "after": _plain(d.after)} for d in each.differences
                },
            }
            for each in self.changed
        ]
        return {
            "appeared": [event.to_dict() for event in self.appeared],
            "disappeared": [event.to_dict() for event in self.disappeared],
            "changed": changed,
            "same": self.same,
        }


def compare(before: Sequence[Event], after: Sequence[Event]) -> Comparison:
    """Match the events of two runs and tell the differences.

    Two events are the same one if camera and label are, and they overlap in time on the source's clock. Where there
    is a choice those that overlap most, as intersection over union of their times, are matched first; each at most
    once. Ids don't matter: no two runs give the same.

    Args:
        before, after: the events of each run, each event once, as it was told last; in any order.
    """
    pairs: list[tuple[Event, Event]] = []
    left: list[Event] = []
    new: list[Event] = []
    groups: dict[tuple[str, str], tuple[list[Event], list[Event]]] = defaultdict(lambda: ([], []))
    for which, events in enumerate((before, after)):
        for event in events:
            groups[event.camera, event.label][which].append(event)
    for olds, news in groups.values():
        matched = _match(olds, news)
        pairs += [(olds[i], news[j]) for i, j in matched.items()]
        left += [event for i, event in enumerate(olds) if i not in matched]
        new += [event for j, event in enumerate(news) if j not in matched.values()]
    changed = [Changed(old, now, found) for old, now in pairs if (found := _differences(old, now))]
    return Comparison(
        tuple(sorted(new, key=order)),
        tuple(sorted(left, key=order)),
        tuple(sorted(changed, key=lambda each: min(order(each.before), order(each.after)))),
        len(pairs) - len(changed),
    )


def order(event: Event) -> tuple[Any, ...]:
    """Sorts events by their begin on the source's clock."""
    return event.begin, event.end, event.camera, event.label, event.rule, event.best_score, event.id


def _match(olds: Sequence[Event], news: Sequence[Event]) -> dict[int, int]:
    """Which of ``news`` is which of ``olds``, by index."""
    candidates: list[tuple[Any, ...]] = []
    by_begin = sorted(enumerate(news), key=lambda each: each[1].begin)
    for i, old in enumerate(olds):
        for j, new in by_begin:
            if new.begin > old.end:
                break
            overlap = _overlap(old, new)
            if overlap is None:
                continue
            apart = abs(old.best_score - new.best_score)
            # the pair sorts the same whichever run comes first, so that matching is symmetric
            pair = sorted((order(old), order(new)))
            candidates.append((-overlap, len(_differences(old, new)), apart, *pair, i, j))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for candidate in sorted(candidates):
        i, j = int(candidate[-2]), int(candidate[-1])
        if i not in matched and j not in taken:
            matched[i] = j
            taken.add(j)
    return matched


def _overlap(one: Event, other: Event) -> float | None:
    """Intersection over union of two events' times, 0 to 1; None: they only touch, or not even that."""
    shared = min(one.end, other.end) - max(one.begin, other.begin)
    if shared < 0:
        return None
    if shared > 0:
        return shared / (max(one.end, other.end) - min(one.begin, other.begin))
    moments = one.end == one.begin, other.end == other.begin
    return float(all(moments)) if any(moments) else None


def _differences(before: Event, after: Event) -> tuple[Difference, ...]:
    found = []
    lengths = before.end - before.begin, after.end - after.begin
    if abs(lengths[0] - lengths[1]) > SECONDS:
        found.append(Difference("duration", *lengths))
    if abs(before.best_score - after.best_score) > SCORE:
        found.append(Difference("best_score", before.best_score, after.best_score))
    for name in ("zones", "lines", "rule"):
        values = getattr(before, name), getattr(after, name)
        if values[0] != values[1]:
            found.append(Difference(name, *values))
    return tuple(found)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else round(value, 4) if isinstance(value, float) else value
