"""What everything else stands on: the processor, the system and Python."""

from __future__ import annotations

from edgedet.doctor.context import Context
from edgedet.doctor.finding import Finding, error, note, ok, warning

FLASH = "write a new card with Raspberry Pi OS (64-bit), Bookworm or newer"
TRIED = {"12": "Bookworm", "13": "Trixie"}
"""The releases of Debian, and of Raspberry Pi OS with it, that edgedet is tried on."""
PYTHONS = ((3, 11), (3, 13))
"""The oldest and newest Python that all packages have wheels for."""
_WIDE = {"x86_64", "amd64", "aarch64", "arm64"}


def machine(context: Context) -> Finding:
    """Kernel and userland have 64 bits. Of LiteRT there is no 32-bit package."""
    kernel, bits = context.host.machine, context.host.bits
    if bits == 64:
        return ok(f"{kernel}, 64-bit")
    if kernel.lower() in _WIDE:
        return warning(f"a 32-bit system on a 64-bit kernel ({kernel}): only the slow tflite-runtime runs here", FLASH)
    return warning(f"{kernel}, 32-bit: only the slow tflite-runtime runs here", f"on a Pi 3 or newer {FLASH}")


def system(context: Context) -> Finding:
    """The release of the operating system, and the board."""
    release = context.text("etc/os-release")
    if release is None:
        return note("it has no /etc/os-release, so what it is can't be told")
    facts = _facts(release)
    name = facts.get("PRETTY_NAME", "an unnamed system") + (f" on {context.board}" if context.board else "")
    if facts.get("ID") not in ("debian", "raspbian"):
        return note(f"{name}: edgedet is tried on Debian and Raspberry Pi OS only")
    version = facts.get("VERSION_ID", "")
    if version in TRIED:
        return ok(name)
    if version.isdecimal() and int(version) < min(map(int, TRIED)):
        return error(f"{name} is too old: it has no Python 3.11", FLASH)
    return note(f"{name}: edgedet is tried on Debian {' and '.join(TRIED)} only")


def python(context: Context) -> Finding:
    """A Python that the packages are made for."""
    version, text = context.host.python, ".".join(map(str, context.host.python))
    oldest, newest = PYTHONS
    if version < oldest:
        return error(f"Python {text} is too old; 3.11 is the oldest", FLASH)
    if version > newest:
        return warning(
            f"Python {text} is newer than the packages are made for",
            "make the environment with the system's own: /usr/bin/python3 -m venv --system-site-packages FOLDER",
        )
    return ok(f"Python {text}")


def _facts(release: str) -> dict[str, str]:
    """``os-release(5)``: assignments as of a shell, without expansion."""
    pairs = (line.partition("=") for line in release.splitlines() if "=" in line and not line.startswith("#"))
    return {name: value.strip("\"'") for name, _, value in pairs}
