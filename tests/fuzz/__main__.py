"""Runs every target for its share of the time, two at once, and says what came of it: see ``run.sh``."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz import judge
from tests.fuzz.figures import page, table
from tests.fuzz.session import Outcome, fuzz
from tests.places import ROOT

OUT = ROOT / "build" / "fuzz"
FIGURES = Path(__file__).with_name("FIGURES.md")
AT_ONCE = 2


def main() -> int:
    """0 if nothing went wrong in any target, else 1."""
    options = _options()
    chosen = options.only or judge.names()
    seconds = options.minutes * 60 * AT_ONCE / max(len(chosen), AT_ONCE)
    start = time.monotonic()

    def run(name: str) -> Outcome:
        folder = OUT / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        outcome = fuzz(name, folder, seconds, options.seed)
        print(f"{name}: {outcome.cases:,} cases, {outcome.bad or 'nothing'} wrong", file=sys.stderr, flush=True)
        return outcome

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(run, chosen))
    print(table(outcomes))
    for outcome in outcomes:
        for text in outcome.said:
            print(f"\n{outcome.name}: {text}")
    if not options.only:
        FIGURES.write_text(page(outcomes, time.monotonic() - start, options.seed))
    return 1 if any(outcome.bad for outcome in outcomes) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/fuzz/run.sh", description=__doc__)
    parser.add_argument("--minutes", type=float, default=12, help="for all targets together")
    parser.add_argument("--only", action="append", choices=judge.names(), metavar="TARGET", help="may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="of libFuzzer's random numbers; not 0")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
