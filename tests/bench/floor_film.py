"""What the floor is measured with: a real film where there is one, or one made of the demo's photographs."""

from __future__ import annotations

import time
from pathlib import Path

import av

from edgedet.capture import open_source
from edgedet.config import SourceConfig
from edgedet.mp4 import Mp4Writer
from tests.places import SHARED

SIZE, FPS, SECONDS = (768, 432), 30, 12
REAL = SHARED / "data/videos/one-by-one-person-detection.mp4"


def film(folder: Path) -> Path:
    """The film's file; made in ``folder`` if there is no real one."""
    return REAL if REAL.exists() else _made(folder / "demo.mp4")


def _made(path: Path) -> Path:
    source = open_source(SourceConfig(uri="demo:", width=SIZE[0], height=SIZE[1], fps=FPS, as_fast=True))
    writer = Mp4Writer(path, *SIZE)
    source.open()
    for number in range(FPS * SECONDS):
        frame = source.read()
        assert frame is not None
        writer.write(frame.image, number / FPS)
    source.close()
    writer.close()
    return path


def decode_only(path: Path, count: int) -> float:
    """The processor's milliseconds of decoding one frame, of so many: no colours converted, nothing copied."""
    cpu, read = time.process_time(), 0
    while read < count:
        with av.open(str(path)) as container:
            container.streams.video[0].thread_type = "SLICE"  # as the program decodes
            for _ in container.decode(video=0):
                read += 1
                if read == count:
                    break
    return (time.process_time() - cpu) / count * 1e3
