"""What the user that runs the camera may do; when root asks, it asks as that user."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, note


def may(context: Context, path: Path, mode: str) -> bool:
    """Whether that user may read (``r``), write (``w``) or enter (``x``) a path; True where we can't tell.

    Args:
        context: says who that is.
        path: the file or folder.
        mode: one of ``r``, ``w``, ``x``.
    """
    if context.host.root_user and context.user and context.user != "root":
        ran = context.run(["runuser", "-u", context.user, "--", "test", f"-{mode}", str(path)], 5.0)
        return ran.code == 0
    return is_stranger(context) or os.access(path, {"r": os.R_OK, "w": os.W_OK, "x": os.X_OK}[mode])


def is_stranger(context: Context) -> bool:
    """Whether we are neither root nor the user that runs the camera: what we may do says nothing of that user."""
    return not context.host.root_user and context.user not in ("", context.host.login)


def out_of_reach(context: Context, path: Path) -> Finding | None:
    """What to say of a path that we may not look at and the camera's user perhaps may; None: we may."""
    try:
        path.stat()
    except PermissionError:
        if is_stranger(context):
            return note(f"{path}: out of reach for {context.host.login}", "sudo edgedet doctor")
    except OSError:
        pass
    return None


def is_folder(path: Path) -> bool:
    """Whether there is a folder, as far as we may look; :meth:`Path.is_dir` raises where we may not."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def is_there(path: Path) -> bool:
    """Whether there is anything, as far as we may look."""
    try:
        path.stat()
    except OSError:
        return False
    return True
