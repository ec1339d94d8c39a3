"""Video files, through FFmpeg: the first frames of whatever it takes them for."""

from __future__ import annotations

import functools
import itertools
from pathlib import Path

import numpy as np

from edgedet.capture.video import read_video
from edgedet.mp4 import Mp4Writer
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import folder, put

LONGEST = 16384
SECONDS = 10
WORDS = (
    b"ftypisom", b"moov", b"moof", b"mdat", b"trak", b"stsz", b"stco", b"avc1", b"hvc1", b"mjpg", b"RIFF", b"AVI ",
    b"\x1aE\xdf\xa3", b"\0\0\0\1\x67", b"\0\0\1\xb3", b"G@\0", b"FLV\1", b"OggS", b"#EXTM3U\nfile:///etc/passwd\n",
    b"ffconcat version 1.0\nfile /etc/passwd\n", b"YUV4MPEG2 W9999 H9999 F25:1\nFRAME\n",
)  # fmt: skip
_FRAMES = 8


def case(data: bytes) -> None:
    for shown in itertools.islice(read_video(str(put("film.mp4", data))), _FRAMES):
        if shown.image.dtype != np.uint8 or shown.image.ndim != 3 or shown.image.shape[2] != 3:
            raise Wrong(f"{shown.image.dtype} {shown.image.shape}")


@functools.cache
def _written() -> bytes:
    path = Path(folder(), "written.mp4")
    writer = Mp4Writer(path, 32, 32)
    for number in range(4):
        writer.write(np.full((32, 32, 3), number * 60, np.uint8), number / 10)
    writer.close()
    return path.read_bytes()


def seeds() -> list[bytes]:
    raw = b"YUV4MPEG2 W16 H16 F25:1 C420\n" + (b"FRAME\n" + bytes(384)) * 3
    return [_written(), raw, b"#EXTM3U\n/etc/passwd\n", b"P6\n4 4\n255\n" + bytes(48)]
