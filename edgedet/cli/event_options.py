"""Which events a command is about: flags, and what they select."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from edgedet.cli.options import settings_options
from edgedet.cli.several import with_options
from edgedet.errors import ConfigError
from edgedet.events.store.reading import Query, StoredEvent, find_id, query
from edgedet.events.store.when import EXAMPLES, parse_span
from edgedet.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

ids_argument = click.argument("ids", nargs=-1, metavar="[ID]...")


def storage_options(command: F) -> F:
    """Call a command with ``root``, the folder events are kept in."""

    @functools.wraps(command)
    def with_root(*args: Any, settings: Settings, **given: Any) -> Any:
        return command(*args, root=root_of(settings), **given)

    return settings_options("storage")(with_root)  # type: ignore[return-value]


def root_of(settings: Settings) -> Path:
    """The folder events are kept in.

    Raises:
        ConfigError: none is set.
    """
    root = settings.config.storage.path
    if root is None:
        raise ConfigError("storage.path: not set, so nothing is kept; set it, or give --storage FOLDER")
    return root


def filter_options(command: F) -> F:
    """Give a command the flags that select events; it is called with ``wanted``, a query."""

    @functools.wraps(command)
    def with_query(*args: Any, **given: Any) -> Any:
        names = ("since", "until", "on", "label", "zone", "camera", "kept")
        flags = {name: given.pop(name) for name in names}
        return command(*args, wanted=_query(**flags), **given)

    options = [
        click.option("--since", metavar="TIME", help=f"Only events that lasted into this time or later: {EXAMPLES}."),
        click.option("--until", metavar="TIME", help="Only events that began by then; a day counts to its end."),
        click.option("--on", metavar="TIME", help='Only events of this day, night or part of a day: "last night".'),
        click.option("--label", multiple=True, help="Only this label; may be given again."),
        click.option("--zone", multiple=True, help="Only events that were in this zone; may be given again."),
        click.option("--camera", multiple=True, help="Only this camera; may be given again."),
        click.option("--kept", is_flag=True, help="Only events that are marked to be kept."),
    ]
    return with_options(with_query, options)  # type: ignore[no-any-return]


def chosen(root: Path, ids: tuple[str, ...], wanted: Query | None = None) -> list[StoredEvent]:
    """The events named by ids, or those the flags select; one of both must be given.

    Raises:
        UsageError: neither is given, or both.
        StoreError: there is no such event, or nothing can be read.
    """
    wanted = wanted or Query()
    filtered = wanted != Query()
    if ids and filtered:
        raise click.UsageError("ids and filters together; give one or the other")
    if not ids and not filtered:
        raise click.UsageError('which events? give ids, or filters such as --on "last night"')
    if ids:
        wanted = Query(ids=tuple(find_id(root, each) for each in ids))
    return query(root, wanted)


def _query(
    since: str | None,
    until: str | None,
    on: str | None,
    label: tuple[str, ...],
    zone: tuple[str, ...],
    camera: tuple[str, ...],
    kept: bool,
) -> Query:
    if on and (since or until):
        raise click.UsageError("--on says when already; leave out --since and --until")
    begin, end = _time("--on", on) if on else (_time("--since", since)[0], _time("--until", until)[1])
    if on and begin == end:
        raise click.UsageError(f"--on {on!r}: a moment; give a day, a night or a part of a day")
    if begin and end and begin >= end:
        raise click.UsageError(f"--since {since!r} isn't before --until {until!r}; correct one")
    return Query(begin, end, label, zone, camera, True if kept else None)


def _time(flag: str, text: str | None) -> tuple[datetime | None, datetime | None]:
    if not text:
        return None, None
    try:
        span = parse_span(text, datetime.now(UTC))
    except ValueError as error:
        raise click.UsageError(f"{flag} {error}") from None
    return span.begin, span.end
