"""A smaller input with the same finding: ``python -m tests.fuzz.minimise TARGET FILE [SECONDS]`` writes FILE.min."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.fuzz import judge


def smaller(data: bytes, same: Callable[[bytes], bool], seconds: float = 60) -> bytes:
    """Leave out pieces, ever smaller ones, as long as what is left is the same finding.

    Args:
        data: the finding.
        same: whether an input is the same finding.
        seconds: after which what was reached is enough.
    """
    ends, size = time.monotonic() + seconds, len(data)
    while size and time.monotonic() < ends:
        at = 0
        while at < len(data) and time.monotonic() < ends:
            without = data[:at] + data[at + size :]
            if same(without):
                data = without
            else:
                at += size
        size //= 2
    return data


def main() -> None:
    """Minimise a file's finding: a complaint from the same place, or a case as slow."""
    name, path = sys.argv[1], Path(sys.argv[2])
    target, data = judge.load(name), path.read_bytes()
    allowed = getattr(target, "ALLOWED", ())
    place = judge.complaint(target.case, allowed, data).partition(": ")[0]
    if not place:
        sys.exit(f"{path}: nothing is wrong with it")
    made = smaller(data, lambda each: judge.complaint(target.case, allowed, each).partition(": ")[0] == place)
    path.with_name(f"{path.name}.min").write_bytes(made)
    print(f"{len(data)} -> {len(made)} bytes: {judge.complaint(target.case, allowed, made)[:300]}\n{made!r}"[:3000])


if __name__ == "__main__":
    main()
