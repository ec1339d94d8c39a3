"""A picture as others get it: through the very encoders that make snapshots, stream and clips, and back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import av
import cv2
import numpy as np

from edgedet.mp4 import Mp4Writer
from edgedet.types import Image

_FRAMES = 5
"""Of a still picture: H.264 sharpens it frame by frame, so the last shows the most."""


def through_jpeg(image: Image, quality: int) -> Image:
    """What is seen of uint8 (H, W, 3) in a snapshot or the live picture.

    Args:
        image: BGR.
        quality: JPEG's, 1 to 100.
    """
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def through_h264(image: Image) -> Image:
    """What is seen of uint8 (H, W, 3) BGR in a clip: the last of a few equal frames."""
    height, width = image.shape[:2]
    with tempfile.TemporaryDirectory(prefix="edgedet-") as folder:
        path = Path(folder) / "clip.mp4"
        writer = Mp4Writer(path, width, height)
        for number in range(_FRAMES):
            writer.write(image, number / 25)
        writer.close()
        with av.open(str(path)) as container:
            *_, last = container.decode(video=0)
            return np.ascontiguousarray(last.to_ndarray(format="bgr24")[:height, :width])
