"""Which library makes a JPEG of the live picture for the least processor time, of 4:2:0 colours and quality 80.

python -m tests.bench.trials.jpeg [ROUNDS]        (pip install simplejpeg first)
"""

from __future__ import annotations

import sys

import av
import cv2
import simplejpeg

from edgedet.types import Image
from tests.bench.trials.timing import compare, pictures

QUALITY = 80


def with_cv2(image: Image) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def with_simplejpeg(image: Image) -> bytes:
    return bytes(simplejpeg.encode_jpeg(image, QUALITY, "BGR", "420", fastdct=True))


class WithPyav:
    """FFmpeg's own encoder, quantizer 3: about the same size."""

    def __init__(self, image: Image) -> None:
        self._codec = av.CodecContext.create("mjpeg", "w")
        self._codec.height, self._codec.width = image.shape[:2]
        self._codec.pix_fmt, self._codec.time_base = "yuvj420p", 1
        self._codec.options = {"qmin": "3", "qmax": "3"}

    def __call__(self, image: Image) -> bytes:
        frame = av.VideoFrame.from_ndarray(image, "bgr24").reformat(format="yuvj420p")
        return b"".join(map(bytes, self._codec.encode(frame)))


if __name__ == "__main__":
    shown = pictures(24)
    with_pyav = WithPyav(shown[0])
    makers = {"cv2": with_cv2, "simplejpeg": with_simplejpeg, "PyAV": with_pyav}
    for name, make in makers.items():
        print(f"{name}: {sum(len(make(image)) for image in shown) // len(shown)} bytes")
    compare(
        {name: (lambda make=make: [make(image) for image in shown]) for name, make in makers.items()},
        int(sys.argv[1]) if len(sys.argv) > 1 else 9,
        len(shown),
    )
