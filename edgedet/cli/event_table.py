"""Events as text: a table, CSV, and one of them in full."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from edgedet.events.places import NAMES
from edgedet.events.store.reading import StoredEvent
from edgedet.events.store.statistics import Statistics

WIDTH = 100
_COLUMNS = ("id", "camera", "label", "rule", "phase", "started", "ended", "seconds", "best_score", "zones", "lines")


def local(time: datetime) -> str:
    """A time as a person reads it, where this machine is set to be."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def size_text(size: float) -> str:
    """Bytes in the unit that reads best."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size:.0f} B"


def events_text(count: int) -> str:
    """So many events."""
    return f"{count} event{'' if count == 1 else 's'}"


def table(events: Sequence[StoredEvent]) -> str:
    """One line an event, no wider than :data:`WIDTH` if ids and labels aren't."""
    rows = [("ID", "STARTED", "LASTED", "LABEL", "SCORE", "CLIP", "KEPT", "ZONES"), *map(_row, events)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for cells in rows:
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
        lines.append(line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…")
    return "\n".join(lines)


def csv_text(events: Sequence[StoredEvent]) -> str:
    """One line an event, with a head; times as ISO 8601 in UTC, zones and lines joined by spaces."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_COLUMNS, "stationary", "kept", "size", "clip"))
    for stored in events:
        values = stored.event.to_dict() | {"seconds": round(seconds(stored), 3)}
        cells = [" ".join(v) if isinstance(v := values[name], list) else v for name in _COLUMNS]
        clip = stored.file("clip")
        writer.writerow([*cells, stored.event.stationary, stored.kept, stored.size, clip.path if clip else ""])
    return out.getvalue()


def full_text(stored: StoredEvent) -> str:
    """Everything about an event, a line each."""
    event = stored.event
    ended = local(event.ended) if event.ended else "still going on"
    facts = {
        "event": event.id + (" (marked to be kept)" if stored.kept else ""),
        "label": f"{event.label}, best score {event.best_score:.2f}",
        "camera": event.camera,
        "rule": event.rule,
        "began": local(event.started),
        "ended": f"{ended} ({seconds(stored):.1f} s)",
        "zones": ", ".join(event.zones) or "none",
        "lines": ", ".join(event.lines) or "none",
        "stands": "still" if event.stationary else "no, it moves",
    }
    kinds = [kind for kind in NAMES if stored.file(kind)]
    files = [file for kind in kinds if (file := stored.file(kind))]
    for file in files:
        length = f", {file.seconds:.1f} s, begins {event.begin - file.begin:.1f} s before" if file.seconds else ""
        facts[file.kind] = f"{file.path} ({size_text(file.size)}{length})"
    facts["sidecar"] = str(stored.sidecar)
    return "\n".join(f"{name:<10} {text}" for name, text in facts.items())


def statistics_text(found: Statistics) -> str:
    """Counts as bars, then bytes and wear."""
    lines = [f"{events_text(found.events)}, {found.kept} marked to be kept, {size_text(found.bytes)}"]
    for title, counts in (("label", found.labels), ("day", found.days), ("hour", _hours(found))):
        most = max(counts.values(), default=0)
        lines.append("")
        lines += [
            f"{title:<6} {name:<16} {count:>6}  {'#' * round(50 * count / most)}" for name, count in counts.items()
        ]
    card = "200 times its size, a guess: see retention.card_tbw" if found.wear.assumed else "by retention.card_tbw"
    rate = found.wear.bytes_per_day
    life = f"{found.wear.years:.1f} years" if rate else "unworn, nothing was written"
    lines += [
        "",
        f"continuous recording  {size_text(found.continuous_bytes)}",
        f"free on the disk      {size_text(found.free_bytes)}",
        f"written               {size_text(found.written_today)} today, {size_text(rate)} a day",
        f"the card's life       {life} (it may be written {size_text(found.wear.endurance)}, {card})",
    ]
    return "\n".join(lines)


def seconds(stored: StoredEvent) -> float:
    """How long it lasted, on the source's clock."""
    return stored.event.end - stored.event.begin


def _row(stored: StoredEvent) -> tuple[str, ...]:
    event, clip = stored.event, stored.file("clip")
    lasted = f"{seconds(stored):.0f} s" if event.ended else "goes on"
    length = f"{clip.seconds:.0f} s" if clip else "-"
    kept = "yes" if stored.kept else "-"
    zones = " ".join(event.zones) or "-"
    return (event.id, local(event.started), lasted, event.label, f"{event.best_score:.2f}", length, kept, zones)


def _hours(found: Statistics) -> dict[str, int]:
    return {f"{hour:02}:00": count for hour, count in enumerate(found.hours) if count}
