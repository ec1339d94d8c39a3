"""How a :class:`~edgedet.config.Config` comes about: flags over ``EDGEDET_*`` over the file over the defaults.

Every value remembers where it came from, so that an error can name the file, the line, the variable or the flag.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgedet.config import Config
from edgedet.errors import ConfigError
from edgedet.settings.assemble import Assembly
from edgedet.settings.crosscheck import mismatches
from edgedet.settings.file import SettingsFile
from edgedet.settings.given import Tables
from edgedet.settings.lookup import find_file
from edgedet.settings.variables import from_environment, from_flags

__all__ = ["Settings", "find_file", "load"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration in force.

    Attributes:
        config: every value.
        origins: where each is from, by key name: ``default``, ``edgedet.toml:12``, ``EDGEDET_PORT``, ``--port``. What
            a camera gives itself is called ``camera.front.detect.iou``; the rest it has from the tables for all.
        file: the file that was read, if any.
        places: where each camera and each named table stands: ``camera.front``, ``zones.porch``.
        flags, environ: what it was made of.
    """

    config: Config
    origins: dict[str, str]
    file: Path | None
    places: dict[str, str] = field(default_factory=dict)
    flags: Mapping[str, Any] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)

    def again(self) -> Settings:
        """The same flags and variables over the file as it is now. Raises ConfigError as :func:`load` does."""
        return load(self.flags, self.environ, self.file)

    def check_labels(self, labels: Collection[str]) -> None:
        """Raise ConfigError, a line for each, if zones, rules or privacy name a label that the model doesn't know."""
        if problems := mismatches(self.config, self.origins, self.places, labels):
            raise ConfigError("\n".join(problems))


def load(flags: Mapping[str, Any], environ: Mapping[str, str] = os.environ, file: Path | None = None) -> Settings:
    """Bring the layers together.

    >>> settings = load({"detect.confidence": "0.7"}, {"EDGEDET_THREADS": "2"}, Path(os.devnull))
    >>> settings.config.detect.confidence, settings.origins["detect.confidence"]
    (0.7, '--confidence')
    >>> settings.config.model.threads, settings.origins["model.threads"]
    (2, 'EDGEDET_THREADS')

    Args:
        flags: values given on the command line, by key name, for all cameras; texts mean what they would in a variable.
        environ: the environment.
        file: the file; None: the one found. Paths in it start from its folder, those of flags and variables from here.

    Raises:
        ConfigError: with one line for each thing that is wrong. A wrong value that a higher layer replaces isn't.
    """
    problems: list[str] = []
    path = find_file(environ, file)
    read = SettingsFile(path, problems) if path is not None else None
    over = from_environment(environ, problems) | from_flags(flags)
    made = Assembly(read.tables if read else Tables(), read.cameras if read else (), over, problems)
    problems = problems or mismatches(made.config, made.origins, made.places)
    if problems:
        raise ConfigError("\n".join(dict.fromkeys(problems)))  # what is wrong for all cameras is found for each
    return Settings(made.config, made.origins, path, made.places, flags, environ)
