"""What a run shows that an earlier one over the same clips didn't, and the other way round."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from edgedet.batch.spans import Span, spans
from edgedet.errors import DataError
from edgedet.events.compare import Comparison, compare
from edgedet.events.compare_table import to_text

SHOWN = 40
"""Clips with changes that are printed; all are in the file."""


def read_spans(path: Path, gap: float, only: Sequence[str] = ()) -> dict[str, list[Span]]:
    """The stretches of an earlier run's results, by clip.

    Args:
        path: its ``results.jsonl``.
        gap: as :func:`edgedet.batch.spans.spans` has it.
        only: the labels that count; none: all.

    Raises:
        DataError: it can't be read, or is something else.
    """
    try:
        with path.open(encoding="utf-8") as file:
            found = dict(spans(file, gap))
            return {clip: [span for span in each if not only or span.label in only] for clip, each in found.items()}
    except OSError as error:
        raise DataError(f"{path}: can't be read ({error.strerror}); give the results.jsonl of an earlier run") from None
    except (ValueError, KeyError, TypeError):
        raise DataError(f"{path}: no results of edgedet batch detect or replay; give their results.jsonl") from None


def changed(
    before: dict[str, list[Span]], after: dict[str, list[Span]], clips: Iterable[str]
) -> Iterator[tuple[str, Comparison]]:
    """What changed in each clip, for those in which anything did.

    Args:
        before, after: the stretches of each run, by clip.
        clips: which are compared, in this order.
    """
    for clip in clips:
        found = compare([span.event() for span in before.get(clip, ())], [span.event() for span in after.get(clip, ())])
        if found:
            yield clip, found


def to_line(clip: str, change: Comparison) -> str:
    """A clip's changes as a line of JSON."""
    changes = [
        {
            **_plain(each.before),
            "differences": {d.name: {"before": d.before, "after": d.after} for d in each.differences},
        }
        for each in change.changed
    ]
    values = {
        "appeared": [_plain(event) for event in change.appeared],
        "disappeared": [_plain(event) for event in change.disappeared],
        "changed": changes,
        "same": change.same,
    }
    return json.dumps({"source": clip, **values}, ensure_ascii=False)


def to_lines(changes: list[tuple[str, Comparison]], clips: int) -> Iterator[str]:
    """For people: the first clips with what changed in each, and the sums."""
    for clip, change in changes[:SHOWN]:
        yield f"{clip}:"
        yield to_text(change)
    if len(changes) > SHOWN:
        yield f"and {len(changes) - SHOWN} clips more"
    sums = [sum(len(part) for part in parts) for parts in zip(*map(_parts, changes), strict=True)] or [0, 0, 0]
    yield (
        f"{len(changes)} of {clips} clips changed: {sums[0]} stretches appeared, {sums[1]} disappeared, "
        f"{sums[2]} are others"
    )


def _parts(change: tuple[str, Comparison]) -> tuple[Any, ...]:
    return change[1].appeared, change[1].disappeared, change[1].changed


def _plain(event: Any) -> dict[str, Any]:
    return {"label": event.label, "from": event.begin, "to": event.end, "score": event.best_score}
