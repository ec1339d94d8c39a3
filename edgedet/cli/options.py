"""Flags generated from the configuration: what is a flag, its default and its help stand in config.py alone."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from edgedet.cli.logs import setup
from edgedet.keys import KEYS, Key
from edgedet.settings import load

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])


def settings_options(*sections: str) -> Callable[[F], F]:
    """Give a command the flags of these sections, and ``--config``; it is called with ``settings``, loaded.

    Values go to :func:`edgedet.settings.load` as they were typed, so a flag's mistake reads like a file's.
    """
    keys = [key for key in KEYS.values() if key.flag and key.section in sections]

    def decorate(command: F) -> F:
        """The command with the flags on it."""

        @functools.wraps(command)
        def with_settings(*args: Any, config: Path | None, **given: Any) -> Any:
            flags = {key.name: given.pop(_parameter(key)) for key in keys}
            settings = load({k: v for k, v in flags.items() if v is not None}, os.environ, config)
            setup(settings.config.monitor.log_level)
            if settings.file is not None:
                log.info("settings from %s", settings.file)
            return command(*args, settings=settings, **given)

        wrapped: Any = with_settings
        wrapped = click.option(
            "--config",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="The settings file  [default: edgedet.toml if there is one]",
        )(wrapped)
        for key in reversed(keys):
            wrapped = _option(key)(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def _parameter(key: Key) -> str:
    return key.name.replace(".", "_")


def _option(key: Key) -> Callable[[Any], Any]:
    help_text = f"{key.field.description}  [default: {key.default_text}]"
    if key.kind is bool:
        return click.option(key.flag, _parameter(key), default=None, is_flag=True, help=help_text)
    return click.option(
        *key.flag.split("/"),
        _parameter(key),
        type=click.Path() if key.may_be_file else click.STRING,  # Tab then completes file names; nothing is checked
        metavar=_metavar(key),
        help=help_text,
    )


def _metavar(key: Key) -> str:
    if key.choices:
        return f"[{'|'.join(key.choices)}]"
    if key.kind in (int, float):
        return "NUMBER"
    return "FILE" if key.may_be_file and key.short != "uri" else key.short.upper()
