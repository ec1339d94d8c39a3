"""``edgedet timeline``: a day as a picture."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from edgedet.cli.options import settings_options
from edgedet.cli.picture import check_name, write_picture
from edgedet.errors import ConfigError
from edgedet.settings import Settings

if TYPE_CHECKING:
    from edgedet.events.day import Entry
    from edgedet.events.store.reading import StoredEvent


@click.command()
@click.argument("day", default="today")
@click.option("--camera", "cameras", multiple=True, metavar="NAME", help="Only this one; may be given again.")
@click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help="The picture  [default: DATE.png]")
@settings_options("storage")
def timeline(settings: Settings, day: str, cameras: tuple[str, ...], to: Path | None) -> None:
    """Draw what happened on a DAY: today, yesterday, monday, 2026-11-20.

    \b
    edgedet timeline
    edgedet timeline yesterday --camera front --to yesterday.png
    """
    from edgedet.events.day import Day
    from edgedet.events.store.reading import Query, query
    from edgedet.events.store.when import parse_span
    from edgedet.events.timeline import draw

    now = datetime.now(UTC)
    try:
        span = parse_span(day, now)
    except ValueError as error:
        raise ConfigError(f"DAY: {error}") from None
    if not 22 <= (span.end - span.begin).total_seconds() / 3600 <= 26:
        raise ConfigError(f"{day}: not a day; write today, yesterday, monday or a date such as 2026-11-20")
    root = settings.config.storage.path
    if root is None:
        raise ConfigError("storage.path: unset, so nothing was kept; set it, or name the folder with --storage")
    target = to or Path(f"{span.begin.astimezone():%Y-%m-%d}.png")
    check_name(target)
    stored = query(root, Query(since=span.begin, until=span.end, cameras=cameras))
    entries = tuple(map(_entry, stored))
    write_picture(target, draw(Day(span.begin, span.end, now, None, entries)))
    click.echo(f"{target}: {len(entries)} event{'s' * (len(entries) != 1)}")


def _entry(stored: StoredEvent) -> Entry:
    """An event with its thumbnail, if that is there and whole."""
    import cv2
    import numpy as np

    from edgedet.events.day import Entry

    file = stored.file("thumbnail")
    image = cv2.imread(str(file.path), cv2.IMREAD_COLOR) if file is not None and file.path.is_file() else None
    return Entry(stored.event, stored.kept, None if image is None else np.asarray(image, np.uint8))
