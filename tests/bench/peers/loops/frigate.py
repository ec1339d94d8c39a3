"""Frigate's CPU detector routine, written anew from its description; none of its code is in it.

ffmpeg decodes in a process of its own and hands over I420 frames through a pipe into shared memory. Motion is looked
for in the small grey picture, since Frigate detects only where something moves. Then a square region is cropped to the
model's size and copied into a second shared memory, its name goes through a queue to the detector's process, which
keeps at most 20 objects of 0.4 or better in a fixed (20, 6) array. Regions overlap, so their boxes are suppressed.

Kinder than the original: one region for each frame, of the whole picture; one thread; no tracker, no database, no
restream; a plain event in place of its message broker.
"""

from __future__ import annotations

import atexit
import multiprocessing
import signal
import subprocess
import sys
import time
from multiprocessing.shared_memory import SharedMemory
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np

from tests.bench.peers.loops.given import CONFIDENCE, IOU, Pace, Said, options

MOST, FLOOR = 20, 0.4
MOTION_HEIGHT = 100
SPAWN = multiprocessing.get_context("spawn")


def detector(model: Path, asked: Any, answered: Event, picture: str, answer: str, side: int) -> None:
    """The detector's process: takes requests until it gets None."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(model), num_threads=1)
    interpreter.allocate_tensors()
    wanted, outputs = interpreter.get_input_details()[0], interpreter.get_output_details()
    shared, told = SharedMemory(picture), SharedMemory(answer)
    region = np.ndarray((1, side, side, 3), np.uint8, shared.buf)
    rows = np.ndarray((MOST, 6), np.float32, told.buf)
    while asked.get() is not None:
        interpreter.set_tensor(wanted["index"], region)
        interpreter.invoke()
        rows[:] = kept(interpreter, outputs)
        answered.set()


def kept(interpreter: Any, outputs: Any) -> Any:
    """The (20, 6) array; views of the outputs must be gone by the next invoke."""
    boxes, classes, scores = (interpreter.tensor(outputs[i]["index"])()[0] for i in range(3))
    found = np.zeros((MOST, 6), np.float32)
    for i in range(int(interpreter.tensor(outputs[3]["index"])()[0])):
        if scores[i] < FLOOR or i == MOST:
            break
        found[i] = [classes[i], float(scores[i]), *boxes[i]]
    return found


class Motion:
    """A moving average of small grey pictures, and whether the newest differs from it."""

    def __init__(self, height: int, width: int) -> None:
        self._size = (MOTION_HEIGHT * width // height, MOTION_HEIGHT)
        self._average = np.zeros((MOTION_HEIGHT, self._size[0]), np.float32)

    def boxes(self, grey: Any) -> list[Any]:
        """Rectangles that move."""
        small = cv2.GaussianBlur(cv2.resize(grey, self._size), (3, 3), 0)
        difference = cv2.absdiff(small, cv2.convertScaleAbs(self._average))
        moving = cv2.dilate(cv2.threshold(difference, 30, 255, cv2.THRESH_BINARY)[1], np.ones((3, 3)), iterations=2)
        contours, _ = cv2.findContours(moving, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        cv2.accumulateWeighted(small, self._average, 0.2)
        return [cv2.boundingRect(each) for each in contours if cv2.contourArea(each) > 10]


def cropped(i420: Any, height: int, width: int, side: int) -> Any:
    """The whole picture as a square RGB region of the model's size; what lies beyond its edge is black."""
    square = max(height, width)
    rgb = cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420)
    canvas = np.zeros((square, square, 3), np.uint8)
    canvas[:height, :width] = rgb
    return cv2.resize(canvas, (side, side))


def memory(size: int) -> SharedMemory:
    """Shared memory that is gone when this process ends."""
    made = SharedMemory(create=True, size=size)
    atexit.register(made.unlink)
    return made


class Detector:
    """The detector's process and the two memories that it shares."""

    def __init__(self, model: Path, side: int) -> None:
        self._picture = memory(side * side * 3)
        self._answer = memory(MOST * 6 * 4)
        self._region = np.ndarray((1, side, side, 3), np.uint8, self._picture.buf)
        self._rows = np.ndarray((MOST, 6), np.float32, self._answer.buf)
        self._asked, self._answered = SPAWN.Queue(), SPAWN.Event()
        memories = self._picture.name, self._answer.name
        worker = (model, self._asked, self._answered, *memories, side)
        SPAWN.Process(target=detector, args=worker, daemon=True).start()

    def __call__(self, region: Any) -> list[list[float]]:
        """Rows of class, score, top, left, bottom, right, as fractions of the region."""
        self._region[0] = region
        self._asked.put(self._picture.name)
        self._answered.wait()
        self._answered.clear()
        rows: list[list[float]] = self._rows.tolist()
        return rows


def placed(rows: list[list[float]], height: int, width: int) -> list[tuple[int, float, tuple[float, ...]]]:
    """Class, score and corners in the frame of each confident object, of overlapping ones the best."""
    square, found = max(height, width), []
    for label, score, *sides in rows:
        if score >= CONFIDENCE:
            top, left, bottom, right = (min(max(v * square, 0), square) for v in sides)
            found.append((int(label), score, (left, min(top, height), right, min(bottom, height))))
    spans = [[b[0], b[1], b[2] - b[0], b[3] - b[1]] for _, _, b in found]
    best = cv2.dnn.NMSBoxes(spans, [score for _, score, _ in found], CONFIDENCE, IOU) if found else []
    return [found[i] for i in best]


def ffmpeg(film: str, bytes_each: int) -> IO[bytes]:
    """Raw I420 frames of a film, over and over."""
    import imageio_ffmpeg

    decode = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-threads", "1", "-stream_loop", "-1"]
    decode += ["-i", film, "-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:"]
    pipe = subprocess.Popen(decode, stdout=subprocess.PIPE, bufsize=bytes_each * 10).stdout
    assert pipe is not None
    return pipe


def main() -> None:
    """Until it is ended."""
    given, said = options(), Said()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    capture = cv2.VideoCapture(given.film)
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    capture.release()
    side, pace = 320 if "320" in given.model.name else 256, Pace(given.fps)
    detect, motion = Detector(given.model, side), Motion(height, width)
    shared = memory(width * height * 3 // 2)
    frame = np.ndarray((height * 3 // 2, width), np.uint8, shared.buf)
    pipe, index = ffmpeg(given.film, frame.nbytes), 0
    while True:
        pace.wait()
        shared.buf[: frame.nbytes] = pipe.read(frame.nbytes)
        arrived = time.monotonic()
        motion.boxes(frame[:height])
        said.line(index, arrived, placed(detect(cropped(frame, height, width, side)), height, width))
        index += 1


if __name__ == "__main__":
    main()
