"""Flags generated from the configuration: what is a flag, its default and its help stand in config.py alone."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_origin

import click

from edgedet.cli.logs import setup
from edgedet.settings import KEYS, Key, load

log = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])


def settings_options(*sections: str) -> Callable[[F], F]:
    """Give a command the flags of these sections, and ``--config``; it is called with ``settings``, loaded.

    Values go to :func:`edgedet.settings.load` as they were typed, so a flag's mistake reads like a file's.
    """
    keys = [key for key in KEYS.values() if key.flag and key.name.partition(".")[0] in sections]

    def decorate(command: F) -> F:
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
            help="The settings file  [default: edgedet.toml if there is one]",
        )(wrapped)
        for key in reversed(keys):
            wrapped = _option(key)(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def _parameter(key: Key) -> str:
    return key.name.replace(".", "_")


def _option(key: Key) -> Callable[[Any], Any]:
    help_text = f"{key.field.description}  [default: {default_text(key)}]"
    if key.field.annotation is bool:
        return click.option(key.flag, _parameter(key), default=None, is_flag=True, help=help_text)
    metavar = "NUMBER" if key.field.annotation in (int, float) else "TEXT"
    if get_origin(key.field.annotation) not in (None, dict) and "path" in key.allowed:
        metavar = "FILE"
    return click.option(*key.flag.split("/"), _parameter(key), default=None, metavar=metavar, help=help_text)


def default_text(key: Key) -> str:
    """A default for people."""
    default = key.field.default
    if isinstance(default, bool):
        return str(default).lower()
    return "none" if default in (None, "", {}) else f"{default:g}" if isinstance(default, float) else str(default)
