"""What somebody who is asked for help wants to see, in one file; without secrets."""

from __future__ import annotations

import io
import json
import logging
import os
import platform
import re
import sys
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import psutil

from edgedet import board
from edgedet.capture.redact import HIDDEN, redact
from edgedet.control import Control
from edgedet.doctor.bundled import bundled
from edgedet.errors import ConfigError
from edgedet.settings import Settings
from edgedet.settings.value import value_of
from edgedet.web.logtail import LINES, attached, without_secrets

log = logging.getLogger(__name__)

Maker = Callable[[Control], str]
"""Makes the text of one file of the bundle."""

_SECRET = re.compile(r"(?i)(^|[._])(pass(word|wd|phrase)?|secret|token|api_?key|credentials?)$")
_MODEL = Path("/proc/device-tree/model")
_SYSTEM = Path("/etc/os-release")


def shown(settings: Settings) -> dict[str, Any]:
    """Every setting in force and where it is from, by key name; secrets hidden."""
    return {
        name: {"value": _safe(name, value_of(settings.config, name)), "origin": origin}
        for name, origin in settings.origins.items()
    }


def bundle(control: Control) -> bytes:
    """A ZIP file with what each of :data:`MAKERS` makes; one that fails leaves its reason."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, make in MAKERS.items():
            try:
                text = make(control)
            except Exception as error:
                log.warning("support bundle: %s can't be made", name, exc_info=True)
                text = without_secrets(f"can't be made: {type(error).__name__}: {error}")
            made.writestr(name, text if text.endswith("\n") else text + "\n")
    return file.getvalue()


def _settings(control: Control) -> str:
    return json.dumps(shown(control.settings), indent=1, ensure_ascii=False)


def _problems(control: Control) -> str:
    """What is wrong with the settings file as it is now."""
    if control.settings.file is None:
        return "there is no settings file"
    try:
        control.settings.again()
    except ConfigError as error:
        return without_secrets(str(error.args[0]))
    return "none"


def _report(control: Control) -> str:
    return json.dumps(_safe("report", control.report()), indent=1, ensure_ascii=False)


def _log(_: Control) -> str:
    return "\n".join(attached().newest(LINES))


def _versions(_: Control) -> str:
    found = sorted({f"{each.metadata['Name']}=={each.version}" for each in distributions()}, key=str.lower)
    return "\n".join([f"python=={platform.python_version()} ({sys.executable})", *found])


def _board(_: Control) -> str:
    facts = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "board": _text(_MODEL).strip("\0\n"),
        "system": _text(_SYSTEM).splitlines(),
        "kernel": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "memory_mb": round(psutil.virtual_memory().total / 2**20),
        "memory_free_mb": round(psutil.virtual_memory().available / 2**20),
        "temperature_c": board.temperature(),
        "throttled": board.throttled(),
        "up_s": round(datetime.now(UTC).timestamp() - psutil.boot_time()),
    }
    return json.dumps(facts, indent=1, ensure_ascii=False)


MAKERS: dict[str, Maker] = {
    "settings.json": _settings,
    "problems.txt": _problems,
    "report.json": _report,
    "log.txt": _log,
    "versions.txt": _versions,
    "board.json": _board,
    "doctor.txt": bundled,
}
"""The files of a bundle, by name."""


def _safe(name: str, value: Any) -> Any:
    """A value as JSON can say it. Of addresses other than a camera's the service alone is told: many are the secret."""
    if value not in (None, "") and _SECRET.search(name):
        return HIDDEN
    if isinstance(value, Mapping):
        return {key: _safe(f"{name}.{key}", each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(name, each) for each in value]
    if isinstance(value, str) and "://" in value:
        return redact(value) if name.endswith("source.uri") else f"{value.partition('://')[0]}://{HIDDEN}"
    return value if isinstance(value, int | float | str | None) else str(value)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
