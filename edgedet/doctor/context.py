"""What the checks look at: a machine and its settings, either of which may be made up."""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import pwd
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgedet.doctor.command import Ran, Runner, run_command

if TYPE_CHECKING:
    from edgedet.config import Config

CHILD = 40.0
"""Seconds a Python of our own may take: a Pi Zero 2 needs some for OpenCV alone."""
_TIME_ERROR = 5  # adjtimex(2): the clock isn't synchronised


def kernel_clock() -> bool | None:
    """Whether the kernel takes its clock for synchronised; None: it doesn't tell. ``adjtimex(2)``, changing nothing."""
    try:
        code = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))  # struct timex, all modes off
    except (OSError, AttributeError):
        return None
    return None if code < 0 else code != _TIME_ERROR


def own_name() -> str:
    """The name of the user who runs this process; the number of one without a name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


class NotRead(Exception):
    """The settings can't be read, since what reads them can't be loaded; a check that wants them is left out."""


@dataclass(frozen=True, slots=True)
class Host:
    """What a process knows of the machine without looking into a file.

    Attributes:
        machine: of the kernel, as ``uname -m``.
        bits: of a pointer in this Python, so of the userland.
        python: its version.
        now: gives the time, UTC.
        login: who runs this process.
        root_user: whether it may do everything.
        ioctl: :func:`fcntl.ioctl`, or what stands in for a device.
        kernel_clock: whether the kernel takes its clock for synchronised; None: it doesn't tell.
    """

    machine: str = field(default_factory=platform.machine)
    bits: int = sys.maxsize.bit_length() + 1
    python: tuple[int, int] = sys.version_info[:2]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    login: str = field(default_factory=own_name)
    root_user: bool = field(default_factory=lambda: os.geteuid() == 0)
    ioctl: Callable[..., Any] = fcntl.ioctl
    kernel_clock: Callable[[], bool | None] = kernel_clock


@dataclass(frozen=True, slots=True)
class Unit:
    """The systemd service that runs with these settings; see ``org.freedesktop.systemd1(5)``.

    Attributes:
        name: ``edgedet.service``.
        facts: what ``systemctl show`` says of it; empty: there is no systemd here.
    """

    name: str = "edgedet.service"
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def installed(self) -> bool:
        """Whether systemd knows it."""
        return self.facts.get("LoadState", "not-found") != "not-found"

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return self.facts.get("ActiveState") == "active"


@dataclass(frozen=True, slots=True)
class Context:
    """A machine and its settings.

    Attributes:
        settings: those in force; None: they can't be read, for NumPy can't be loaded. Where they are wrong these are
            the defaults.
        problems: what is wrong with the settings, a line each.
        file: the settings file, if there is one.
        root: where ``/proc``, ``/sys``, ``/etc``, ``/dev`` and ``/usr`` are.
        environ: the environment.
        user: who runs the camera.
        run: runs a command.
        host: the machine.
        unit: the service.
        numpy: how ``import numpy`` ended, with its version and file on stdout.
    """

    settings: Config | None
    problems: tuple[str, ...] = ()
    file: Path | None = None
    root: Path = Path("/")
    environ: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    run: Runner = run_command
    host: Host = field(default_factory=Host)
    unit: Unit = field(default_factory=Unit)
    numpy: Ran = field(default_factory=lambda: Ran(0))

    @property
    def config(self) -> Config:
        """The settings in force. Raises NotRead."""
        if self.settings is None:
            raise NotRead
        return self.settings

    def text(self, path: str) -> str | None:
        """A small file below the root, without white space and NULs at its ends; None: there is none to be read."""
        try:
            return (self.root / path).read_text(encoding="utf-8", errors="replace").strip("\0 \t\r\n")
        except OSError:
            return None

    def number(self, path: str) -> int | None:
        """A small file with a number in it, decimal or 0x...; None: there is none."""
        try:
            return int(self.text(path) or "", 0)
        except ValueError:
            return None

    def python(self, *arguments: str, timeout: float = CHILD) -> Ran:
        """Run this Python, as ``-c CODE`` or ``-m MODULE``, in a process of its own.

        Args:
            arguments: of Python.
            timeout: seconds.
        """
        return self.run([sys.executable, *arguments], timeout)

    @property
    def board(self) -> str:
        """What the board calls itself: ``Raspberry Pi 5 Model B Rev 1.0``; empty: it doesn't."""
        return self.text("proc/device-tree/model") or ""

    @property
    def is_pi(self) -> bool:
        """Whether this is a Raspberry Pi."""
        return "Raspberry Pi" in self.board

    @property
    def pip(self) -> str:
        """How to call pip for the environment that edgedet is in."""
        return f"{sys.executable} -m pip"
