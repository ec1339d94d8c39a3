"""One target under libFuzzer, in a process of its own: ``python -m tests.fuzz.child TARGET FOLDER [LIBFUZZER...]``.

What goes wrong is written to FOLDER, once for each place in the program, and the run goes on; a crash, a hang or too
much memory ends the process, and libFuzzer writes the input there.
"""

from __future__ import annotations

import json
import logging
import re
import resource
import sys
import time
from pathlib import Path

import atheris

ROOM = 1 << 30
"""Bytes of address space a case may ask for beyond what the target has after loading."""


def main() -> None:
    """Run until libFuzzer has had enough; doesn't return."""
    name, folder, *options = sys.argv[1:]
    place = Path(folder)
    with atheris.instrument_imports(include=["edgedet", *_included(name)], exclude=["edgedet.errors"]):
        from tests.fuzz import judge

        target = judge.load(name)
    logging.disable(logging.CRITICAL)
    case, allowed = target.case, getattr(target, "ALLOWED", ())
    for seed in judge.seeds_of(name, target):  # what is only made once is made before the limit stands
        judge.complaint(case, allowed, seed)
    _limit_memory()
    seen: set[str] = set()
    slowest = 0.0

    def one(data: bytes) -> None:
        nonlocal slowest
        start = time.perf_counter()
        wrong = judge.complaint(case, allowed, data)
        took = time.perf_counter() - start
        if took > slowest:
            slowest = took
            (place / "slowest.json").write_text(json.dumps({"seconds": took, "bytes": len(data)}))
            (place / "slowest").write_bytes(data)
        if not wrong:
            return
        where = re.sub(r"\d{3,}", "N", wrong.partition(": ")[0] + wrong.partition(": ")[2].partition(":")[0])
        if where not in seen:
            seen.add(where)
            (place / f"wrong-{len(seen)}").write_bytes(data)
            (place / f"wrong-{len(seen)}.txt").write_text(wrong, "utf-8", "backslashreplace")

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


def _included(name: str) -> list[str]:
    """Modules of others that a target wants to be followed into; read from its text, as it isn't loaded yet."""
    text = (Path(__file__).parent / "targets" / f"{name}.py").read_text()
    found = re.search(r"^INCLUDE = \(([^)]*)\)", text, re.MULTILINE)
    return re.findall(r'"([^"]+)"', found[1]) if found else []


def _limit_memory() -> None:
    """What asks for more gets a MemoryError, and that is a finding; a program that it starts may have its own limit."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    size = pages * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main()
