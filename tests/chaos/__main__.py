"""``python -m tests.chaos [--only WORD] [--seed N] [--jobs N] [--write] [--list]``."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.chaos import matrix
from tests.chaos.bed import PATIENCE
from tests.chaos.case import Case, cases
from tests.chaos.matrix import Outcome
from tests.places import ROOT


def main() -> int:
    """Run what is asked for; 1: a promise was broken."""
    options = parsed()
    chosen = [each for each in cases().values() if any(word in f"{each.name} {each.area}" for word in options.only)]
    if options.list:
        print("\n".join(f"{each.name:28} {each.area:24} {each.fault}" for each in chosen))
        return 0
    outcomes = run_all(chosen, options.seed, options.jobs)
    print(f"seed {options.seed}: {matrix.counted(outcomes)}")
    if options.write:
        matrix.write(outcomes, options.seed)
    return 1 if any(each.verdict == "broken" for each in outcomes) else 0


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Faults on purpose.")
    parser.add_argument("--only", action="append", metavar="WORD", help="cases whose name or area has WORD; repeatable")
    parser.add_argument("--seed", type=int, default=7, help="where chance starts (default: 7)")
    parser.add_argument("--jobs", type=int, default=2, help="cases at a time (default: 2)")
    parser.add_argument("--write", action="store_true", help="write MATRIX.md; only of all cases")
    parser.add_argument("--list", action="store_true", help="name the cases, run none")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write: the matrix is written of all cases only; leave --only out")
    if options.write and PATIENCE > 1:
        parser.error("--write: the matrix is of what is promised, in its time; unset TEST_PATIENCE")
    options.only = options.only or [""]
    return options


def run_all(chosen: Sequence[Case], seed: int, jobs: int) -> list[Outcome]:
    """Several at a time, then one by one those that need the machine to themselves; in the order given."""
    outcomes: dict[str, Outcome] = {}

    def run(case: Case) -> None:
        outcomes[case.name] = outcome = run_one(case, seed)
        print(f"{outcome.verdict:8} {outcome.seconds:5.1f} s  {case.name}: {outcome.seen}", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(run, [case for case in chosen if not case.alone]))
    for case in chosen:
        if case.alone:
            run(case)
    return [outcomes[case.name] for case in chosen]


def run_one(case: Case, seed: int) -> Outcome:
    """One case in a session of its own, of which nothing is left afterwards."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.chaos.one", case.name, str(seed)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )
    try:
        stdout, stderr = process.communicate(timeout=case.within * PATIENCE)
        verdict, seen = json.loads(stdout.splitlines()[-1])
    except subprocess.TimeoutExpired:
        verdict, seen, stderr = "broken", f"still not done after {case.within * PATIENCE:g} s", ""
        process.terminate()  # it may yet undo what it mounted
        with contextlib.suppress(subprocess.TimeoutExpired):
            _, stderr = process.communicate(timeout=10)
    except (IndexError, ValueError):
        verdict, seen = "broken", f"ended with {process.returncode} and no verdict"
    finally:
        end_session(process.pid)
    if verdict == "broken":
        print(stderr, file=sys.stderr)
    return Outcome(case, verdict, seen, time.monotonic() - began)


def end_session(leader: int) -> None:
    """Kill what is left of a session that was started here."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
