"""Checks of the cameras themselves."""

from __future__ import annotations

import gc
import itertools
import tempfile
import threading
from pathlib import Path

import numpy as np
from bed import BARS, PHOTOGRAPH, opened, program, run, take

from edgedet.errors import SourceError

COLOURS = ("white", "yellow", "cyan", "green", "magenta", "red", "blue", "black")
WITHOUT_SMALL = "this camera's small picture comes out as large as the other, NV12 640x480; going on without"


def sources() -> str:
    """edgedet sources lists both cameras"""
    said = program("sources").stdout
    assert "picam:0                bars" in said, said
    assert "picam:1                photograph" in said, said
    return "picam:0 bars, picam:1 photograph"


def first() -> str:
    """edgedet run --source picam: captures and stops"""
    report, said = run("picam:")
    assert report["source"]["detail"].startswith("bars NV12 640x480"), report["source"]
    assert report["frames"]["detected"] == 60, report["frames"]
    assert not report["source"]["reconnects"], said
    return f"{report['frames']['captured']} frames, {report['fps']['capture']} a second"


def by_index() -> str:
    """edgedet run --source picam:1 is the other camera, and detects"""
    report, _ = run("picam:1")
    assert report["source"]["detail"].startswith("photograph NV12 640x480"), report["source"]
    assert report["objects"].get("person", 0) > 0, report["objects"]
    return f"found {report['objects']}"


def small() -> str:
    """a small picture that comes out as large as the other is done without, and that is said once"""
    _, said = run(PHOTOGRAPH)
    assert said.count(WITHOUT_SMALL) == 1, said
    return WITHOUT_SMALL


def together() -> str:
    """both in one settings file"""
    with tempfile.TemporaryDirectory() as folder:
        file, report = Path(folder, "edgedet.toml"), Path(folder, "report.json")
        file.write_text(
            "".join(f'[[camera]]\nname = "{uri[6:]}"\nsource.uri = "{uri}"\n' for uri in (PHOTOGRAPH, BARS))
            + "[mjpeg]\nport = 0\n"
        )
        done = program("run", "--config", str(file), "--frames", "120", "--report", str(report))
        for model in ("photograph", "bars"):
            assert f"open: {model} NV12 640x480" in done.stderr, done.stderr
        return done.stdout.splitlines()[0]


def colours() -> str:
    """the picture has the colours that the camera shows"""
    source = opened(BARS)
    image = take(source, 3)[-1].image
    source.close()
    middles = image[100, 40::80].astype(np.int32)
    for name, (blue, green, red) in zip(COLOURS, middles, strict=True):
        seen = ["black", "blue", "green", "cyan", "red", "magenta", "yellow", "white"][
            (blue > 100) + 2 * (green > 100) + 4 * (red > 100)
        ]
        assert seen == name, f"{name} came out as {seen}: {middles.tolist()}"
    return ", ".join(COLOURS)


def again() -> str:
    """one process opens, closes and opens again, six times, and keeps nothing"""
    kept = []
    for _ in range(6):
        source = opened("picam:")
        times = [frame.elapsed for frame in take(source, 30)]
        assert all(b > a for a, b in itertools.pairwise(times)), times
        source.close()
        gc.collect()
        kept.append((len(list(Path("/proc/self/fd").iterdir())), threading.active_count()))
    assert kept[-1] == kept[1], f"descriptors and threads after each: {kept}"
    return f"{kept[-1][0]} open files, {kept[-1][1]} threads after the second and after the last"


def at_once() -> str:
    """one process reads both at once, and closes one while it reads the other"""
    both = [opened(uri) for uri in (PHOTOGRAPH, BARS)]
    for source in both:
        take(source, 20)
    both[0].close()
    take(both[1], 20)
    reconnects = both[1].status().reconnects
    both[1].close()
    assert not reconnects
    return "40 frames of the one that stayed"


def missing() -> str:
    """an index that isn't there: one line, exit code 2"""
    return _refused("picam:5", "picam:5: no camera module 5; there are 2 camera modules: 0 bars, 1 photograph; check")


def busy() -> str:
    """a camera that another process holds: one line, exit code 2"""
    source = opened("picam:")
    said = _refused("picam:", "picam: in use by another process; end that first")
    source.close()
    opened("picam:").close()
    return said


def busy_here() -> str:
    """a camera that libcamera itself refuses"""
    from picamera2 import Picamera2

    held = Picamera2(0)
    try:
        opened("picam:")
    except SourceError as error:
        said = str(error)
    held.close()
    assert said.startswith("picam: in use by another process"), said
    return said


def _refused(uri: str, expected: str) -> str:
    lines = program("run", "--port", "0", "--source", uri, code=2).stderr.splitlines()
    said = [line for line in lines if line.startswith("edgedet:")]
    assert len(said) == 1, lines
    assert not any("Traceback" in line for line in lines), lines
    assert expected in said[0], said[0]
    return said[0]


CHECKS = (sources, first, by_index, small, together, colours, again, at_once, missing, busy, busy_here)
