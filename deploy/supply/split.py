#!/usr/bin/env python3
"""Splits what uv resolved into the lock files. Usage: split.py ALL NUMPY1 BUILD, three files of `uv pip compile`.

``split.py --for MACHINE PYTHON NAME...`` prints what these lock files have for one kind of machine, without markers.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

from lockfile import CHECKOUT, EXTRAS, LOCKS, Pin, parse, read
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEAD = "# Made by deploy/supply/lock.sh from pyproject.toml; not written by hand.\n"
MACHINES = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": machine}
    | {"python_version": python, "python_full_version": f"{python}.0", "implementation_name": "cpython"}
    | {"platform_python_implementation": "CPython"}
    for machine, python in itertools.product(("aarch64", "x86_64"), ("3.11", "3.12", "3.13"))
]
"""Where edgedet is installed."""


SOURCE_ONLY = {"imutils"}
"""What has no wheels, and is built where it is installed."""


def here(pins: Iterable[Pin]) -> list[Pin]:
    """Those that are wanted on one of the machines."""
    return [pin for pin in pins if not pin.marker or any(map(Marker(pin.marker).evaluate, MACHINES))]


def wanted(requirements: Iterable[str], pins: Iterable[Pin]) -> set[str]:
    """The names of these requirements, and of all that they need in turn."""
    pins = list(pins)
    names = {str(canonicalize_name(Requirement(each).name)) for each in requirements}
    while more := {pin.name for pin in pins if pin.name not in names and names.intersection(pin.via)}:
        names |= more
    return names


def write(name: str, pins: Iterable[Pin]) -> None:
    """A lock file, whole or not at all."""
    text = HEAD + "".join(pin.text() for pin in sorted(pins, key=lambda pin: (pin.name, pin.marker)))
    temporary = LOCKS / f"{name}.txt.part"
    temporary.write_text(text, encoding="ascii")
    temporary.replace(LOCKS / f"{name}.txt")


def main(resolved: str, numpy1: str, build: str) -> None:
    """Write them all."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins, old, tools = (here(parse(Path(path).read_text(encoding="utf-8"))) for path in (resolved, numpy1, build))
    plain = wanted(project["dependencies"], pins)
    LOCKS.mkdir(exist_ok=True)
    write("source", (pin for pin in pins if pin.name in SOURCE_ONLY))
    write("plain", (pin for pin in pins if pin.name in plain - SOURCE_ONLY))
    write("plain-numpy1", (pin for pin in old if pin.name in wanted(project["dependencies"], old) - SOURCE_ONLY))
    for extra in EXTRAS:
        needs = wanted(project["optional-dependencies"][extra], pins) - plain
        write(extra, (pin for pin in pins if pin.name in needs))
    write("build", tools)


def chosen(machine: str, python: str, *names: str) -> str:
    """The pins of these lock files that are wanted there."""
    where = next(each for each in MACHINES if (each["platform_machine"], each["python_version"]) == (machine, python))
    pins = {
        pin.name: pin for name in names for pin in read(name) if not pin.marker or Marker(pin.marker).evaluate(where)
    }
    return "".join(dataclasses.replace(pin, marker="").text() for pin in pins.values())


if __name__ == "__main__":
    if sys.argv[1] == "--for":
        print(chosen(*sys.argv[2:]))
    else:
        main(*sys.argv[1:])
