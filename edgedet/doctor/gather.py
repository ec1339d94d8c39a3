"""A context of this very machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from edgedet.doctor.command import Runner, run_command
from edgedet.doctor.context import CHILD, Context, Unit, own_name
from edgedet.errors import ConfigError

if TYPE_CHECKING:
    from edgedet.config import Config

SHOWN = (
    "LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "Result", "ExecMainStatus", "User",
    "ExecStart", "MainPID",
)  # fmt: skip
_NUMPY = "import numpy; print(numpy.__version__); print(numpy.__file__)"
_SETTINGS_FOLDER = Path("/etc/edgedet")


def gather(
    file: Path | None = None, environ: Mapping[str, str] = os.environ, root: Path = Path("/"), run: Runner = run_command
) -> Context:
    """Look at this machine, its settings and its service.

    Args:
        file: the settings file; None: the one that ``edgedet run`` would take.
        environ: the environment.
        root: where ``/proc``, ``/sys`` and so on are.
        run: runs a command.
    """
    numpy = run([sys.executable, "-c", _NUMPY], CHILD)
    unit = Unit(unit_name(file), unit_facts(run, unit_name(file)))
    settings, problems, found = read_settings(file, environ) if numpy.code == 0 else (None, (), file)
    user = unit.facts.get("User") or own_name()
    return Context(
        settings=settings, problems=problems, file=found, root=root, environ=environ, user=user, run=run,
        unit=unit, numpy=numpy,
    )  # fmt: skip


def read_settings(file: Path | None, environ: Mapping[str, str]) -> tuple[Config, tuple[str, ...], Path | None]:
    """The settings in force, what is wrong with them, and their file. NumPy must be sound.

    Of wrong settings nothing is used: the defaults are.
    """
    from edgedet.settings import find_file, load

    found = find_file(environ, file)
    try:
        return load({}, environ, found).config, (), found
    except ConfigError as error:
        return load({}, {}, Path(os.devnull)).config, tuple(str(error.args[0]).splitlines()), found


def unit_name(file: Path | None) -> str:
    """The service that runs with a settings file: ``/etc/edgedet/yard.toml`` is the instance ``yard``'s.

    >>> unit_name(Path("/etc/edgedet/yard.toml")), unit_name(Path("/etc/edgedet/edgedet.toml")), unit_name(None)
    ('edgedet@yard.service', 'edgedet.service', 'edgedet.service')
    """
    if file is not None and file.parent == _SETTINGS_FOLDER and file.stem != "edgedet":
        return f"edgedet@{file.stem}.service"
    return "edgedet.service"


def unit_facts(run: Runner, name: str) -> dict[str, str]:
    """What systemd says of a unit; empty: there is no systemd, or it isn't in charge here."""
    ran = run(["systemctl", "show", name, "--no-pager", f"--property={','.join(SHOWN)}"], 5.0)
    if ran.code != 0:
        return {}
    return dict(line.split("=", 1) for line in ran.out.splitlines() if "=" in line)
