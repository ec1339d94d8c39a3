"""From a decoded frame (YUV 4:2:0) to the model's tensor: which order of resize, colours and quantization costs least.

python -m tests.bench.trials.resize [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter

from edgedet.capture.video import BgrConverter
from edgedet.inference.card import default_model
from edgedet.inference.detector import Detector
from edgedet.inference.preprocess import Preprocessor
from tests.bench.floor_film import film
from tests.bench.trials.timing import compare

SIDE, COUNT = 320, 24


def frames() -> list[av.VideoFrame]:
    with tempfile.TemporaryDirectory() as folder, av.open(str(film(Path(folder)))) as container:
        return [frame for frame, _ in zip(container.decode(video=0), range(COUNT), strict=False)]


def main(rounds: int) -> None:
    decoded = frames()
    detector = Detector(default_model(), threads=1)
    tensor = np.zeros((1, SIDE, SIDE, 3), np.int8)
    write: Preprocessor = detector._preprocess
    lookup = np.arange(-128, 128).astype(np.int8)
    convert, small_rgb, small_bgr = BgrConverter(), VideoReformatter(), VideoReformatter()
    bgr = [convert(frame) for frame in decoded]
    halves = np.empty((SIDE, SIDE, 3), np.uint8)

    def of_bgr() -> None:
        for image in bgr:
            write(image, tensor)

    def nearest() -> None:
        for image in bgr:
            cv2.resize(image, (SIDE, SIDE), dst=halves, interpolation=cv2.INTER_NEAREST)
            cv2.LUT(cv2.cvtColor(halves, cv2.COLOR_BGR2RGB), lookup, dst=tensor[0])

    def table() -> None:
        for image in bgr:
            cv2.resize(image, (SIDE, SIDE), dst=halves)
            cv2.LUT(cv2.cvtColor(halves, cv2.COLOR_BGR2RGB), lookup, dst=tensor[0])

    def swscale() -> None:
        for frame in decoded:
            rgb = small_rgb.reformat(frame, SIDE, SIDE, "rgb24", interpolation="FAST_BILINEAR", threads=1).to_ndarray()
            cv2.LUT(rgb, lookup, dst=tensor[0])

    def yuv() -> None:
        for frame in decoded:
            small = small_bgr.reformat(frame, SIDE, SIDE, "yuv420p", interpolation="FAST_BILINEAR", threads=1)
            cv2.LUT(cv2.cvtColor(small.to_ndarray(), cv2.COLOR_YUV2RGB_I420), lookup, dst=tensor[0])

    def planes() -> None:
        for frame in decoded:
            width, height = frame.width, frame.height
            whole = frame.to_ndarray()  # (H * 3 / 2, W): the planes, one below the other
            y = cv2.resize(whole[:height], (SIDE, SIDE))
            u, v = (
                cv2.resize(whole[from_row : from_row + height // 4].reshape(height // 2, width // 2), (SIDE, SIDE))
                for from_row in (height, height + height // 4)
            )
            cv2.LUT(cv2.cvtColor(cv2.merge((y, v, u)), cv2.COLOR_YCrCb2RGB), lookup, dst=tensor[0])

    ways = {
        "BGR: resize, swap, add 128": of_bgr,
        "BGR: the same, nearest pixel": nearest,
        "BGR: resize, swap, look up": table,
        "YUV: FFmpeg scales and converts to RGB": swscale,
        "YUV: FFmpeg scales, OpenCV converts": yuv,
        "YUV: OpenCV scales planes and converts": planes,
        "(the whole picture to BGR, for comparison)": lambda: [convert(frame) for frame in decoded],
    }
    compare(ways, rounds, COUNT)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
