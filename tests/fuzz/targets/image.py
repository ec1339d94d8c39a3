"""Pictures, through OpenCV's decoders."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from edgedet.capture.images import natural_sorted, read_image
from tests.fuzz.judge import Wrong
from tests.fuzz.scratch import put

LONGEST = 4096
WORDS = (
    b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"IHDR", b"IDAT", b"BM", b"II*\0", b"MM\0*", b"RIFF", b"WEBPVP8 ",
    b"P6\n9999 9999\n255\n", b"Exif\0\0", b"GIF89a", b"#?RADIANCE\n", b"\xff\x4f\xff\x51",
)  # fmt: skip


def case(data: bytes) -> None:
    path = put("picture.png", data)
    natural_sorted([path, Path("a", data[:50].decode("latin-1"))])
    image = read_image(str(path))
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.flags.c_contiguous:
        raise Wrong(f"{image.dtype} {image.shape}")


def seeds() -> list[bytes]:
    picture = np.random.default_rng(0).integers(0, 255, (8, 8, 3), np.uint8)
    return [cv2.imencode(f".{kind}", picture)[1].tobytes() for kind in ("jpg", "png", "bmp", "webp", "tiff", "ppm")]
