"""``python -m tests.bench.scale [--only WHAT] [--seconds S] [--write]``: ends 1 if a cost grows worse than linearly."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.machine import processor
from tests.bench.scale import boxes, cameras, inputs, page, threads, viewers
from tests.bench.scale.points import Curve
from tests.places import SHARED

FILM = SHARED / "data" / "videos" / "one-by-one-person-detection.mp4"
REPEATS = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, judge; the exit code."""
    given = _parser().parse_args(arguments)
    found: list[Curve] = []
    for name, measure in _curves(given.film, given.seconds, given.repeats).items():
        if given.only in (None, name):
            print(f"{name} ...", file=sys.stderr, flush=True)
            found += measure()
    print(page.verdicts(found))
    if given.write:
        page.write(found, page.sections_of(page.PAGE), f"{os.cpu_count()} x {processor()}")
    return int(any(each.judged and each.fit().worse_than_linear for each in found))


def _curves(film: Path, seconds: float, repeats: int) -> dict[str, Callable[[], list[Curve]]]:
    return {
        "cameras": lambda: cameras.measure(film, seconds),
        "viewers": lambda: viewers.measure(film, seconds),
        "boxes": lambda: boxes.measure(repeats),
        "input": lambda: inputs.measure(repeats),
        "threads": lambda: threads.measure(film, seconds),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("--only", choices=("cameras", "viewers", "boxes", "input", "threads"))
    parser.add_argument("--seconds", type=float, default=15, help="each program is watched for")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="of what is timed in this process")
    parser.add_argument("--film", type=Path, default=FILM)
    parser.add_argument("--write", action="store_true", help=f"write {page.PAGE.name} and the pictures")
    return parser


if __name__ == "__main__":
    sys.exit(main())
