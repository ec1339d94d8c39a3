"""``python -m tests.governor.heat``: an hour on a hot, simulated Raspberry Pi 4, as figures and a picture.

The same detector, camera and room three times: left to the firmware; governed as it comes; governed with a floor of ten
frames a second, which the configured model can't hold there, so that the smaller one takes over.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import cv2

from edgedet.config.governor import GovernorConfig
from tests.governor.chart import draw
from tests.governor.plant import Course, course, real_rungs
from tests.places import ROOT

ROOM, MINUTES, IDLE = 35.0, 60.0, 60.0
"""Degrees Celsius (a loft in summer), how long, and the seconds before detection begins."""
PICTURE = ROOT / "deploy/pictures/governor.jpg"


@functools.cache
def courses() -> dict[str, Course]:
    """Each hour, by what it is called."""
    rungs = real_rungs()
    return {
        "left to the firmware": course(ROOM, MINUTES, busy_from=IDLE),
        "governed": course(ROOM, MINUTES, GovernorConfig(), rungs, IDLE),
        "governed, floor_fps 10": course(ROOM, MINUTES, GovernorConfig(floor_fps=10), rungs, IDLE),
    }


def main(to: Path = PICTURE) -> None:
    """Print the figures and write the picture."""
    print(f"a bare Raspberry Pi 4 at {ROOM:g} C, an hour, simulated")
    for name, seen in courses().items():
        small = f", {seen.small / 60:.0f} minutes with the smaller model" if seen.small else ""
        print(
            f"{name:24s} hottest {seen.hottest:.1f} C, clock down to {min(seen.mhz):.0f} MHz, "
            f"{seen.inferences:,.0f} frames detected, {seen.fps[-1]:.1f} a second at the end{small}"
        )
    cv2.imwrite(
        str(to), draw(courses(), f"A bare Raspberry Pi 4 at {ROOM:g} °C, simulated"), [cv2.IMWRITE_JPEG_QUALITY, 88]
    )
    print(to)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
