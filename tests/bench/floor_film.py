"""What the floor is measured with: a real film where there is one, or one made of the demo's photographs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
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


class Decoding:
    """A thread that decodes as many frames as it is asked for, over and over the film, and does nothing else."""

    def __init__(self, path: Path) -> None:
        self._path, self._asked, self._over = path, threading.Semaphore(0), False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Callable[[int], None]:
        self._thread.start()
        return self._asked.release

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._asked.release()
        self._thread.join()

    def _run(self) -> None:
        while True:
            for _ in bare_frames(self._path):
                self._asked.acquire()
                if self._over:
                    return


def bare_frames(path: Path) -> Iterator[av.VideoFrame]:
    """The film's frames, decoded as the program does it: no colours converted, nothing copied."""
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "SLICE"
        yield from container.decode(video=0)


def decode_only(path: Path, count: int, into_pictures: bool) -> float:
    """The processor's milliseconds of decoding one frame, of so many.

    Args:
        path: the film.
        count: of the frames.
        into_pictures: to BGR pixels, as whoever reads a film for a model has to; False: what FFmpeg's decoder gives.
    """
    cpu, read = time.process_time(), 0
    while read < count:
        for frame in bare_frames(path):
            if into_pictures:
                frame.to_ndarray(format="bgr24")
            read += 1
            if read == count:
                break
    return (time.process_time() - cpu) / count * 1e3
