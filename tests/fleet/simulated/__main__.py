"""Runs a fleet on this machine, kills its broker, asks the dashboards' queries, and judges what came of it.

    python -m tests.fleet.simulated [--cameras 30] [--minutes 10] [--folder FOLDER] [--write]

Numbers of cameras are 0, 5, 10, 20 and 30, as far as ``--cameras`` goes, and that one; the minutes are shared among
them, and starting and ending takes about 4 s a camera more. Ends with 1 if something was not kept. FOLDER keeps
``figures.json``: a run that was cut off goes on with the numbers that are missing there.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.machine import processor
from tests.fleet.simulated import loadpage, page
from tests.fleet.simulated.fleet import Fleet, dump, fleet, outcome, size_of_figures
from tests.fleet.simulated.load import KEPT
from tests.fleet.simulated.load import PAGE as LOAD
from tests.fleet.simulated.queries import DASHBOARDS, empty, panels
from tests.fleet.simulated.stages import BACK, GONE, RESTARTS, stage

COUNTS = (0, 5, 10, 20, 30)
REST = RESTARTS * (GONE + BACK) + 10
"""Seconds of a stage that aren't for watching."""
NEEDS_A_DAY = {"Drift": "a day's statistics"}
"""Panels that can't have data yet, and why."""


def run(folder: Path, cameras: int, minutes: float, fps: float, every: int) -> dict[str, Any]:
    """Measure what isn't measured yet; all figures."""
    path = folder / "figures.json"
    figures: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"stages": []}
    counts = sorted({count for count in COUNTS if count < cameras} | {cameras})
    seconds = max(minutes * 60 / len(counts) - REST, 20.0)
    figures |= {
        "machine": f"{os.cpu_count()} x {processor()}", "date": f"{datetime.now(UTC):%Y-%m-%d}", "minutes": minutes,
        "fps": fps, "every": every, "seconds": seconds, "restarts": RESTARTS, "gone": GONE, "back": BACK,
    }  # fmt: skip
    done = {each["cameras"] for each in figures["stages"]} - ({cameras} if "events" not in figures else set())
    missing = [count for count in counts if count not in done]
    if not missing:
        return figures
    with tempfile.TemporaryDirectory(prefix="run.", dir=folder) as place, fleet(Path(place) / "f", fps, every) as made:
        for count in missing:
            print(f"{time.strftime('%H:%M:%S')} {count} cameras", file=sys.stderr, flush=True)
            others = [each for each in figures["stages"] if each["cameras"] != count]
            figures["stages"] = sorted([*others, stage(made, count, seconds)], key=lambda each: each["cameras"])
            dump(path, figures)
        figures |= _end(made, sum(count > 0 for count in missing) * RESTARTS)
        dump(path, figures)
    return figures


def _end(made: Fleet, restarts: int) -> Mapping[str, Any]:
    """What can be told when all is done: the dashboards' data, Prometheus' block, and what came of the events."""
    every, names = made.prometheus.every, [camera.name for camera in made.cameras]
    time.sleep(every * 4)  # what $__rate_interval looks back to is without restarts then
    asked = {
        "cameras": len(names),
        "asked": sum(1 for dashboard in DASHBOARDS for _ in panels(dashboard)),
        "empty": empty(made.prometheus, names, every, NEEDS_A_DAY),
    }
    found = {"panels": asked, "block": made.prometheus.block(), "scrape_bytes": size_of_figures(made.cameras[0])}
    made.stop_cameras()
    time.sleep(5)
    return found | {"events": {**outcome(made), "restarts": restarts}}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fleet.simulated", description=__doc__.partition("\n")[0])
    parser.add_argument("--cameras", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10, help="for all numbers of cameras together")
    parser.add_argument("--fps", type=float, default=1, help="frames a second of each camera")
    parser.add_argument("--every", type=int, default=15, help="seconds between two scrapes")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--write", action="store_true", help=f"write {page.PAGE.name}, the picture and {LOAD.name}")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="edgedet-fleet."))
    folder.mkdir(parents=True, exist_ok=True)
    figures = run(folder.absolute(), given.cameras, given.minutes, given.fps, given.every)
    verdicts = page.verdicts(figures)
    print("\n".join(f"{'ok  ' if kept else 'FAIL'}  {said}" for kept, said in verdicts))
    if given.write:
        dump(KEPT, figures)
        page.PAGE.write_text(page.text(figures))
        page.PAGE.with_name("fleet.svg").write_text(page.picture(figures))
        LOAD.write_text(loadpage.page(figures, 100))
    return int(not all(kept for kept, _ in verdicts))


if __name__ == "__main__":
    sys.exit(main())
