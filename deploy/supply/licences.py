#!/usr/bin/env python3
"""Writes deploy/security/licences.md: under which licence is what edgedet installs. Usage: licences.py [--check]

With ``--check`` nothing is written. It ends with 1 if something may not be installed (a licence that ``licences.toml``
doesn't allow, an unknown one, a library in a wheel that it doesn't know) or is missing from the report. Run by a Python
that has edgedet and its extras installed; what isn't there, ``licences.toml`` must name. Wheels are looked into where
the version installed is the one that is locked.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lockfile import CHECKOUT, everything

REPORT = CHECKOUT / "deploy/security/licences.md"
RULES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("licences.toml").read_text(encoding="utf-8"))
HEAD = """# Licences

Made by `deploy/supply/licences.py` from the lock files and what the packages say of themselves; not written by hand.
edgedet itself is under the Apache License 2.0. Everything below is fetched from its makers when edgedet is installed.

## Packages

| package | licence | note |
| --- | --- | --- |
"""
LIBRARIES = """
## Libraries inside them

Wheels carry the libraries that they are linked with. **av carries x264 and x265, which are under the GPL**: nobody who
installs edgedet for themselves is concerned; who passes an installation on (the Debian package, an image, a device that
is sold) passes on GPL programs with it, and owes their source, or builds PyAV against an FFmpeg without them.

| package | library | licence |
| --- | --- | --- |
"""
MODELS = """
## Models and pictures

| file | licence |
| --- | --- |
"""


def spdx(name: str) -> tuple[str, str]:
    """A package's licence and a note: as ``licences.toml`` has it, else as its metadata says; empty: unknown."""
    if by_hand := RULES["packages"].get(name):
        return by_hand["licence"], by_hand["reason"]
    try:
        metadata = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return "", "not installed here"
    labels = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier", []) if each.startswith("License")]
    said = metadata.get("License-Expression") or (metadata.get("License") or "").split("\n")[0]
    said = said or next((each for each in labels if each in RULES["names"]), "")
    return RULES["names"].get(said, said), ""


def allowed(expression: str) -> bool:
    """Whether one of the ways to take it is: ``A AND B OR C`` (SPDX; no brackets).

    >>> allowed("GPL-3.0-only OR MIT AND ISC"), allowed("MIT AND GPL-3.0-only"), allowed("")
    (True, False, False)
    """
    ways = [way.split(" AND ") for way in expression.split(" OR ")]
    return any(all(part in RULES["allowed"] for part in way) for way in ways)


def libraries(name: str) -> list[str]:
    """The shared libraries that its wheel carries, without hash and version."""
    try:
        same = importlib.metadata.version(name) in {pin.version for pin in everything()[name]}
        files = (same and importlib.metadata.files(name)) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    inside = [file.name for file in files if file.parts[0].endswith(".libs")]
    return sorted(
        {re.sub(r"(-[0-9a-f]{8})?(\.\d+)*\.so.*", "", each) for each in inside if ".so" in each}, key=str.lower
    )


def licence_of(library: str) -> str:
    """A library's licence, by the longest beginning that is known; empty: unknown."""
    known: dict[str, str] = RULES["libraries"]
    return known.get(max((each for each in known if library.startswith(each)), key=len, default=""), "")


def problems() -> Iterator[str]:
    """A line for each thing that may not be installed as it is."""
    for name in everything():
        licence, note = spdx(name)
        if name not in RULES["packages"] and not allowed(licence):
            said = licence or note or "no licence stated"
            yield f"{name}: {said}: not allowed; look at it, then name it in licences.toml"
        for library in libraries(name):
            found = licence_of(library)
            if not found:
                yield f"{name}: {library}: licence not known; look at it, then name it in licences.toml"
            elif re.match(r"A?GPL(?!.*exception)", found) and name not in RULES["gpl"]:
                yield f"{name}: {library}: {found}; give a reason under [gpl] in licences.toml"


def locked() -> list[str]:
    """What the report begins its lines with."""
    return [f"| {name} {', '.join(pin.version for pin in pins)} |" for name, pins in everything().items()]


def report() -> str:
    """The whole page."""
    parts = [HEAD]
    parts += [f"{each} {' | '.join(spdx(each.split()[1]))} |\n" for each in locked()]
    parts.append(LIBRARIES)
    parts += [f"| {name} | {each} | {licence_of(each)} |\n" for name in everything() for each in libraries(name)]
    parts.append(MODELS)
    for card in sorted((CHECKOUT / "models").glob("*.json")):
        parts.append(f"| `models/{card.stem}.tflite` | {json.loads(card.read_text(encoding='utf-8'))['licence']} |\n")
    parts.append("| photographs of the demo | `edgedet/capture/photos/CREDITS.md` |\n")
    return "".join(parts)


def main(check: bool) -> int:
    """The exit code."""
    bad = list(problems())
    if check:
        written = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
        bad += [
            f"{each}: not in {REPORT.name}; run deploy/supply/licences.py" for each in locked() if each not in written
        ]
    for line in bad:
        print(f"licences.py: {line}", file=sys.stderr)
    if not check:
        REPORT.parent.mkdir(exist_ok=True)
        REPORT.write_text(report(), encoding="utf-8")
    print(f"{len(everything())} packages, {len(bad)} problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] == ["--check"]))
