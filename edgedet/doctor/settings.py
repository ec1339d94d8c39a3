"""The settings file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning
from edgedet.doctor.permission import is_stranger, may

SUDO = "sudo edgedet doctor"
MOST = 10
"""Lines of mistakes that are shown; they are often one."""


def settings(context: Context) -> Iterator[Finding]:
    """It is valid, whoever runs the camera may read it, and nobody else may write it."""
    context.config  # noqa: B018 - raises NotRead
    if context.file is not None and is_stranger(context) and not os.access(context.file, os.R_OK):
        yield warning(f"{context.file}: {context.host.login} may not read it, so the defaults are looked at", SUDO)
        return
    for line in context.problems[:MOST]:
        text, _, fix = line.rpartition("; ")
        yield error(text or line, fix if text else "edgedet config check")
    if len(context.problems) > MOST:
        yield error(f"{len(context.problems) - MOST} more", "edgedet config check")
    if context.problems:
        yield note("everything below is looked at with the defaults, for the settings can't be used")
    if context.file is None:
        yield note("there is no settings file: the defaults are in force", "edgedet config init")
        return
    yield from _file(context)


def _file(context: Context) -> Iterator[Finding]:
    file = context.file
    assert file is not None
    try:
        mode = file.stat().st_mode
    except OSError:
        return  # not there, or out of reach: that is among the problems
    if not may(context, file, "r"):
        yield error(f"{file}: {context.user} can't read it", f"sudo chown {context.user} {file}")
    elif mode & stat.S_IWOTH:
        yield warning(f"{file}: everybody may write it", f"chmod o-w {file}")
    elif mode & stat.S_IROTH and _has_secret(context):
        yield warning(f"{file}: everybody may read it, and there is a camera's password in it", f"chmod 640 {file}")
    elif not context.problems:
        yield ok(f"{file}: valid")


def _has_secret(context: Context) -> bool:
    from edgedet.capture.redact import redact

    return any(redact(camera.source.uri) != camera.source.uri for camera in context.config.cameras)
