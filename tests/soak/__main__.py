"""Runs the house for so many minutes with trouble and short rests from it, judges it, and draws what was measured.

    python -m tests.soak [--minutes 90] [--folder FOLDER] [--picture FILE.svg]

Ends with 1 if a limit was not kept. FOLDER keeps the settings, the log, the events and ``samples.csv``.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.soak.house import House, built
from tests.soak.picture import draw
from tests.soak.rests import until_trouble
from tests.soak.samples import Samples, look, read
from tests.soak.trouble import TROUBLES
from tests.soak.verdict import judge

LOOK_EVERY = 10.0
TROUBLE_EVERY = 30.0
SETTLE = 20.0
"""Seconds before the first trouble."""


def soak(folder: Path, minutes: float, seed: int = 1) -> int:
    """Run it; the program's exit code."""
    with built(folder) as house:
        house.start()
        stop = threading.Event()
        failures: list[BaseException] = []
        samples, start = Samples(folder / "samples.csv"), time.monotonic()
        troubling = threading.Thread(target=_trouble, args=(house, start, stop, seed, failures), daemon=True)
        troubling.start()
        try:
            while time.monotonic() < start + minutes * 60 and not failures:
                assert house.process is not None
                assert house.process.poll() is None, f"it ended by itself:\n{house.log()[-3000:]}"
                samples.add(look(house, time.monotonic() - start))
                time.sleep(LOOK_EVERY)
        finally:
            samples.close()
            stop.set()
            troubling.join(60)
        if failures:
            raise failures[0]
        return house.end()


def _trouble(house: House, start: float, stop: threading.Event, seed: int, failures: list[BaseException]) -> None:
    """Every kind in turn, in another order each time round; none while there is rest."""
    order, chance = list(TROUBLES), random.Random(seed)
    pause = SETTLE
    try:
        while True:
            chance.shuffle(order)
            for trouble in order:
                if stop.wait(pause) or stop.wait(until_trouble(time.monotonic() - start)):
                    return
                pause = TROUBLE_EVERY
                print(f"{time.strftime('%H:%M:%S')} {trouble.__name__}", flush=True)
                trouble(house)
    except BaseException as error:
        failures.append(error)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="edgedet-soak."))
    code = soak(folder, options.minutes)
    columns = read(folder / "samples.csv")
    figures = judge(columns, code, (folder / "stderr.log").read_text(errors="replace"))
    print("\n".join(map(str, figures)))
    if options.picture is not None:
        title = f"{columns['second'][-1] / 60:.0f} minutes: four cameras, viewers, events, trouble every half minute"
        draw(columns, title, options.picture)
    return int(not all(figure.kept for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
