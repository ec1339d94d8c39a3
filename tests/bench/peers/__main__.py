"""``python -m tests.bench.peers [--rounds N] [--seconds S] [--only NAME] [--write]``: ends 1 if edgedet isn't ahead."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2

from tests.bench.machine import processor
from tests.bench.peers.judged import rows
from tests.bench.peers.loops.table import EDGEDET, LOOPS, Loop
from tests.bench.peers.models import models
from tests.bench.peers.page import Circumstances, page, table
from tests.bench.peers.runs import LoopFailed, Run, run
from tests.bench.turns import in_turns
from tests.places import ROOT, SHARED

FILM = SHARED / "data" / "videos" / "one-by-one-person-detection.mp4"
FIGURES = ROOT / "tests" / "bench" / "FIGURES-peers.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run every loop in turns, print the table, judge; the exit code."""
    given = _parser().parse_args(arguments)
    subprocess.run(["bash", str(Path(__file__).with_name("venv.sh"))], check=True)
    made, fps = models(), round(cv2.VideoCapture(str(given.film)).get(cv2.CAP_PROP_FPS), 2)
    wanted = [loop for loop in LOOPS if not given.only or loop.name == EDGEDET or given.only in loop.name]
    failed, works = {}, []
    for loop in wanted:  # files are in the cache then, and what can't run here is known
        try:
            run(loop, made, given.film, 1)
            works.append(loop)
        except LoopFailed as error:
            failed[loop.name] = str(error)
            print(f"not run: {error}", file=sys.stderr)

    def turn(loop: Loop, pace: float) -> Run:
        found = run(loop, made, given.film, given.seconds, pace)
        print(f"{loop.name}: {found.fps:.1f} fps, {found.cpu_ms:.1f} ms CPU", file=sys.stderr, flush=True)
        return found

    fast = in_turns({loop.name: partial(turn, loop, 0) for loop in works}, given.rounds)
    paced = in_turns({loop.name: partial(turn, loop, fps) for loop in works}, given.rounds)
    found = rows(fast, paced)
    print(table(found))
    about = Circumstances(given.film.name, fps, given.rounds, given.seconds, f"{os.cpu_count()} x {processor()}")
    if given.write:
        FIGURES.write_text(page(found, failed, about), encoding="utf-8")
    judged = {loop.name for loop in works if loop.judged}
    behind = [reason for row in found if row.name in judged for reason in row.behind()]
    print("\n".join(behind) or f"ahead of all {len(judged)}")
    return 1 if behind or EDGEDET in failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns each loop takes")
    parser.add_argument("--seconds", type=float, default=10, help="length of each run, from its first result")
    parser.add_argument("--film", type=Path, default=FILM)
    parser.add_argument("--only", default="", help="loops whose name has this in it, beside edgedet")
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.name}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
