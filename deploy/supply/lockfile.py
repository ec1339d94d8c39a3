"""The lock files: which version of what is installed, by the hashes of its files, and because of whom.

In ``deploy/locks``, a file for the plain program and one for what each extra adds to it:

::

    plain.txt          what edgedet itself needs
    plain-numpy1.txt   the same for a system whose camera library was built for NumPy 1: Raspberry Pi OS bookworm
    source.txt         what else it needs, and has no wheels: imutils, built where it is installed
    web.txt ...        what that extra needs beside it; two extras may name the same package, in the same version
    build.txt          what builds imutils and edgedet itself, and isn't kept
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path(__file__).resolve().parents[1] / "locks"
CHECKOUT = LOCKS.parents[1]
EXTRAS = ("web", "mqtt", "notify", "metrics", "archive", "display", "gpio")
"""What install.sh offers."""

_PIN = re.compile(r"([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; (.+?))?(?: \\)?$")


@dataclass(frozen=True, slots=True)
class Pin:
    """A package in one version.

    Attributes:
        name: normalised: lower case, words joined by ``-``.
        version: the only one installed.
        marker: where it is wanted (PEP 508); empty: everywhere.
        hashes: SHA-256 of each of its files that may be installed.
        via: the packages that want it; ``edgedet`` if the program itself does.
    """

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]

    def text(self) -> str:
        """As it stands in a lock file."""
        head = f"{self.name}=={self.version}" + (f" ; {self.marker}" if self.marker else "")
        lines = [head, *(f"    --hash=sha256:{each}" for each in self.hashes)]
        return " \\\n".join(lines) + f"\n    # via {', '.join(self.via)}\n"


def parse(text: str) -> list[Pin]:
    """The pins of a lock file, as uv and pip-compile write them.

    Raises:
        ValueError: a line is none of theirs.
    """
    pins: list[Pin] = []
    for line in text.splitlines():
        words = line.strip()
        if match := _PIN.match(line):
            pins.append(Pin(match[1].lower(), match[2], match[3] or "", (), ()))
        elif words.startswith("--hash=sha256:") and pins:
            pins[-1] = _with(pins[-1], hashes=(*pins[-1].hashes, words.removesuffix(" \\")[14:]))
        elif words.startswith("#") and line.startswith(" ") and pins:
            names = re.sub(r"^# *(via\b)?", "", words).split(",")
            pins[-1] = _with(pins[-1], via=(*pins[-1].via, *filter(None, map(_who, names))))
        elif words and not words.startswith("#"):
            raise ValueError(f"{line!r}: no line of a lock file")
    return pins


def read(name: str) -> list[Pin]:
    """The pins of ``deploy/locks/NAME.txt``."""
    return parse((LOCKS / f"{name}.txt").read_text(encoding="ascii"))


def everything() -> dict[str, tuple[Pin, ...]]:
    """Each package that install.sh can install, by name: one version, or one for each of several Pythons."""
    found: dict[tuple[str, str], Pin] = {}
    for name in ("plain", "plain-numpy1", "source", *EXTRAS):
        found |= {(pin.name, pin.version): pin for pin in read(name)}
    return {name: tuple(pin for (each, _), pin in found.items() if each == name) for name, _ in sorted(found)}


def _who(text: str) -> str:
    """Who wants it: a file of wishes stands for the program, a file of limits for nobody."""
    name = text.strip().partition(" ")[0]
    return {"-r": "edgedet", "-c": ""}.get(name, name)


def _with(pin: Pin, *, hashes: tuple[str, ...] | None = None, via: tuple[str, ...] | None = None) -> Pin:
    return Pin(pin.name, pin.version, pin.marker, hashes or pin.hashes, via or pin.via)
