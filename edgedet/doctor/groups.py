"""The groups of the user that runs the camera: they open its devices."""

from __future__ import annotations

import stat
from pathlib import Path

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, note, ok, warning

WANTED = {
    "video": ("video*", "media*", "vchiq", "dma_heap/*"),
    "render": ("dri/renderD*",),
    "gpio": ("gpiochip*",),
}
"""Which groups Raspberry Pi OS gives the devices to (its udev rules, 99-com.rules), and which devices those are."""


def groups(context: Context) -> Finding:
    """The user is in the group of each kind of device that is here and used."""
    if not context.user:
        return note("who runs the camera can't be told")
    if context.user == "root":
        return note("root runs the camera, and may do everything; a user of its own is safer: deploy/install.sh")
    present = [group for group, patterns in WANTED.items() if _used(context, group) and _any(context, patterns)]
    if not present:
        return note(f"{context.user}: there are no devices here that need a group")
    ran = context.run(["id", "-nG", context.user], 5.0)
    if ran.code != 0:
        return warning(f"{context.user}: there is no such user", "sudo deploy/install.sh makes it")
    missing = [group for group in present if group not in ran.out.split()]
    if missing:
        return warning(
            f"{context.user} is not in {', '.join(missing)}",
            f"sudo usermod -aG {','.join(missing)} {context.user}, then log in again or restart the service",
        )
    return ok(f"{context.user} is in {', '.join(present)}")


def _used(context: Context, group: str) -> bool:
    """Pins are only for those who set some; a camera is what this is all about."""
    return group != "gpio" or bool(context.config.gpio.pins)


def _any(context: Context, patterns: tuple[str, ...]) -> bool:
    return any(_is_closed(path) for pattern in patterns for path in (context.root / "dev").glob(pattern))


def _is_closed(path: Path) -> bool:
    """Whether not everybody may use it."""
    try:
        return not path.stat().st_mode & stat.S_IWOTH
    except OSError:
        return False
