"""What may not be seen is in nothing that leaves the running program: its stream, its clips, its pictures."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edgedet.types import Image
from tests.capture.servers import RtspCamera
from tests.e2e.program import edgedet, running
from tests.places import ROOT

WIDTH, HEIGHT, FPS, SECONDS = 640, 480, 10, 14
PERSON = (200, 260)
BIT = 24
"""Pixels of a bit of the frame's number, along the top."""
MASK = (0.02, 0.55, 0.27, 0.97)
"""Of a board with a pattern of its own: x1, y1, x2, y2 as fractions."""
INSET = 16
"""Pixels from a mask's edge in which codecs smear its surroundings into it."""


def place(index: int) -> tuple[int, int]:
    """Where the person's picture is in a frame: its upper left corner. They come in from the right."""
    return round(WIDTH - 40 - 4.2 * index), HEIGHT - PERSON[1]


def original(index: int, person: Image) -> Image:
    """A frame as the camera takes it, with its number in it."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    scene = np.repeat((120 + 40 * np.sin(x / 9) * np.cos(y / 11))[..., None], 3, 2).astype(np.uint8)
    x1, y1, x2, y2 = (round(v * s) for v, s in zip(MASK, (WIDTH, HEIGHT) * 2, strict=True))
    board = (((x // 6 + y // 6) % 2) * 255).astype(np.uint8)
    scene[y1:y2, x1:x2] = board[y1:y2, x1:x2, None]
    left, top = place(index)
    shown = max(0, min(PERSON[0], WIDTH - left))
    if left + shown > x2:  # the board hangs before the person
        begin = max(left, x2)
        scene[top:, begin : left + shown] = person[:, begin - left : shown]
    for bit in range(8):
        scene[:BIT, bit * BIT : (bit + 1) * BIT] = 255 * (index >> bit & 1)
    return scene


def number_in(picture: Image) -> int:
    means = [picture[4 : BIT - 4, b * BIT + 4 : (b + 1) * BIT - 4].mean() for b in range(8)]
    return sum((mean > 128) << b for b, mean in enumerate(means))


def film(path: Path, person: Image) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(FPS * SECONDS):
            frame = av.VideoFrame.from_ndarray(original(index, person), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def detail(picture: Image) -> np.ndarray:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return (grey - cv2.GaussianBlur(grey, (0, 0), 4)).ravel()


def likeness(one: Image, other: Image) -> float:
    """How alike the fine detail of two pictures is: 1 the same, 0 nothing to do with each other."""
    first, second = detail(one), detail(other)
    return float(np.corrcoef(first, second)[0, 1]) if first.any() and second.any() else 0.0


def assert_hidden(picture: Image, person: Image, what: str) -> bool:
    """Nothing of the board, and no face, in a picture; whether a face would have been there to see."""
    x1, y1, x2, y2 = (round(v * s) for v, s in zip(MASK, (WIDTH, HEIGHT) * 2, strict=True))
    board = picture[y1 + INSET : y2 - INSET, x1 + INSET : x2 - INSET]
    index = number_in(picture)
    before = original(index, person)[y1 + INSET : y2 - INSET, x1 + INSET : x2 - INSET]
    assert np.percentile(board, 80) < 30, f"{what}: the board shows"  # a frame and a name may be drawn across it
    assert abs(likeness(board, before)) < 0.2, f"{what}: the board's pattern shows"
    left, top = place(index)
    if index < 12 or left < x2 or left + PERSON[0] > WIDTH:
        return False  # not seen for a second yet, or not whole
    face = slice(top + 40, top + 150), slice(left + 50, left + 150)
    like = likeness(picture[face], original(index, person)[face])
    assert abs(like) < 0.4, f"{what}: the face of frame {index} shows: {like:.2f}"
    return True


def streamed(url: str, seconds: float) -> Iterator[Image]:
    with urllib.request.urlopen(f"{url}stream.mjpg", timeout=10) as stream:
        deadline, held = time.monotonic() + seconds, b""
        while time.monotonic() < deadline:
            held += stream.read1(1 << 16)
            while (end := held.find(b"\xff\xd9")) >= 0:
                begin = held.find(b"\xff\xd8")
                image = cv2.imdecode(np.frombuffer(held[begin : end + 2], np.uint8), cv2.IMREAD_COLOR)
                held = held[end + 2 :]
                if image is not None:
                    yield image


@pytest.fixture(scope="module")
def person() -> Image:
    photo = cv2.imread(str(ROOT / "edgedet/capture/photos/hopper.jpg"))
    assert photo is not None
    scale = PERSON[1] / photo.shape[0]
    resized = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left = (resized.shape[1] - PERSON[0]) // 2
    return np.ascontiguousarray(resized[: PERSON[1], left : left + PERSON[0]], np.uint8)


def test_the_test_sees_a_face_that_shows(person: Image) -> None:
    with pytest.raises(AssertionError, match="the board shows"):
        assert_hidden(original(60, person), person, "the original")
    bare = original(60, person)
    bare[round(MASK[1] * HEIGHT) : round(MASK[3] * HEIGHT), : round(MASK[2] * WIDTH)] = 0
    with pytest.raises(AssertionError, match="the face of frame 60 shows"):
        assert_hidden(bare, person, "the original")


@pytest.mark.slow
def test_nothing_hidden_leaves_the_program(tmp_path: Path, person: Image) -> None:
    x1, y1, x2, y2 = MASK
    settings, kept = tmp_path / "edgedet.toml", tmp_path / "kept"
    settings.write_text(
        f'[privacy]\nmasks = [[[{x1}, {y1}], [{x2}, {y1}], [{x2}, {y2}], [{x1}, {y2}]]]\nblur = ["person"]\n'
        f'[storage]\npath = "{kept}"\n[record]\ncontinuous = true\nsegment_seconds = 10\n'
        "[mjpeg]\nport = 0\n[model]\nthreads = 1\n[rules.person]\nleave = 1\n"
    )
    with (
        RtspCamera("--file", str(film(tmp_path / "film.mp4", person))) as camera,
        running(tmp_path, "--config", settings, "--source", camera.url) as program,
    ):
        url = program.url()
        program.wait_for(" fps ", 30)
        faces = sum(assert_hidden(image, person, "the stream") for image in streamed(url, 2.2 * SECONDS))
        program.process.send_signal(signal.SIGTERM)
        program.process.wait(timeout=10)
        assert program.process.returncode == 0, program.text()
    events = json.loads(edgedet("events", "list", "--json", "--storage", kept).stdout)
    films = [Path(event["files"]["clip"]["path"]) for event in events if "clip" in event["files"]]
    films += sorted((kept / "continuous").rglob("*.mp4"))
    pictures = sorted(path for path in (kept / "events").rglob("*.jpg") if path.name != "thumbnail.jpg")
    seen = dict.fromkeys(("clips", "pictures"), 0)
    for path in films:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                seen["clips"] += assert_hidden(frame.to_ndarray(format="bgr24"), person, path.name)
    for path in pictures:
        image = cv2.imread(str(path))
        assert image is not None
        seen["pictures"] += assert_hidden(image, person, path.name)
    print(f"faces hidden: {faces} in the stream, {seen['clips']} in {len(films)} films, {seen['pictures']} pictures")
    assert faces > 20
    assert seen["clips"] > 100
    assert seen["pictures"] >= 2
