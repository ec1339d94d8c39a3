from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import av
import numpy as np
import pytest

from edgedet.capture import open_source, video
from edgedet.capture.paths import open_paths
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame
from tests.capture.clips import number_of, numbered, write_video
from tests.places import shared


def every_frame(path: Path) -> tuple[list[Frame], str]:
    """What a file gives, and the error after it, if any."""
    source = open_paths([str(path)])
    source.open()
    frames: list[Frame] = []
    try:
        while (frame := source.read()) is not None:
            frames.append(frame)
    except SourceError as error:
        return frames, str(error)
    return frames, ""


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mp4", "libx264", "yuv420p"),
        ("a.mkv", "libx264", "yuv444p"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.mjpeg.avi", "mjpeg", "yuvj422p"),
        ("a.ts", "libx264", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("ten-bit.mkv", "libx265", "yuv420p10le"),
    ],
)
def test_every_frame_of_every_kind(tmp_path: Path, name: str, codec: str, pixels: str) -> None:
    path = write_video(tmp_path / name, 25, codec=codec, pixels=pixels)
    frames, error = every_frame(path)
    assert error == ""
    assert [number_of(frame.image) for frame in frames] == list(range(25))
    assert [frame.index for frame in frames] == list(range(25))
    assert [frame.time for frame in frames] == pytest.approx([n / 10 for n in range(25)], abs=0.011)
    for frame in frames:
        assert frame.source == str(path)
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable


def test_a_title_in_another_encoding_than_utf8(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 3)
    path.write_bytes(path.read_bytes().replace(b"VideoHandler", b"Vid\xe9oHandler"))
    assert b"\xe9oHandler" in path.read_bytes()
    frames, error = every_frame(path)
    assert (len(frames), error) == (3, "")


def test_odd_sizes(tmp_path: Path) -> None:
    frames, _ = every_frame(write_video(tmp_path / "a.mkv", [numbered(3, 161, 97)] * 3, codec="ffv1", pixels="bgr0"))
    assert [frame.image.shape for frame in frames] == [(97, 161, 3)] * 3
    assert all(np.array_equal(frame.image, numbered(3, 161, 97)) for frame in frames)


def test_a_real_one() -> None:
    path = shared("data/videos/one-by-one-person-detection.mp4")
    frames, error = 0, ""
    source = open_paths([str(path)])
    source.open()
    while source.read() is not None:
        frames += 1
    assert (frames, error) == (1394, "")


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_cut_off_gives_what_is_there_and_then_says_where(tmp_path: Path, name: str) -> None:
    codec = "mpeg4" if name == "a.avi" else "libx264"
    options = {"movflags": "faststart"} if name == "a.mp4" else {}
    rng = np.random.default_rng(0)
    noise = [np.asarray(rng.integers(0, 255, (120, 160, 3)), np.uint8) for _ in range(40)]
    path = write_video(tmp_path / name, noise, codec=codec, options=options)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    frames, error = every_frame(path)
    assert 10 < len(frames) < 35
    assert error.startswith(f"{path}: cut off at ")
    assert float(error.split("cut off at ")[1].split()[0]) == pytest.approx(len(frames) / 10, abs=0.2)


def test_damage_costs_its_own_frames_only(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = [np.asarray(rng.integers(0, 255, (120, 160, 3)), np.uint8) for _ in range(40)]
    path = write_video(tmp_path / "a.mov", noise, codec="mpeg4", options={"movflags": "faststart"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = rng.bytes(4000)
    path.write_bytes(data)
    frames, error = every_frame(path)
    assert len(frames) > 30
    assert frames[-1].time == pytest.approx(3.9, abs=0.3)
    assert "damaged at 1." in error or "damaged at 2." in error


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.mp4", b""), ("a.mp4", b"\0" * 5000), ("text.mp4", b"no video\n" * 99), ("noise.avi", bytes(range(256)) * 40)],
)
def test_what_is_no_video_is_one_line_with_a_remedy(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    frames, error = every_frame(path)
    assert frames == []
    assert error.startswith(f"{path}: ")
    assert "\n" not in error
    assert "?" in error or ";" in error


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", 8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    assert "no video in it" in every_frame(path)[1]


@pytest.mark.parametrize(
    ("matrix", "corner"),
    [
        ((0, 1, -1, 0), "upper right"),  # turned a quarter clockwise, as a phone held upright writes it
        ((0, -1, 1, 0), "lower left"),
        ((-1, 0, 0, -1), "lower right"),
    ],
)
def test_a_phones_rotation_is_undone(tmp_path: Path, matrix: tuple[int, ...], corner: str) -> None:
    path = write_video(tmp_path / "a.mp4", 3)
    data = path.read_bytes()
    place = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value % (1 << 32) * 0x10000 % (1 << 32) for value in matrix)
    words = [a, b, 0, c, d, 0, 0, 0, 0x40000000]
    path.write_bytes(data[:place] + b"".join(word.to_bytes(4, "big") for word in words) + data[place + 36 :])
    frames, _ = every_frame(path)
    image = frames[0].image
    assert image.shape == ((120, 160, 3) if matrix[0] else (160, 120, 3))
    bright = {
        "upper left": image[5, 5],
        "upper right": image[5, -5],
        "lower left": image[-5, 5],
        "lower right": image[-5, -5],
    }
    assert max(bright, key=lambda name: int(bright[name].sum())) == corner


def test_a_size_that_changes_within_a_file(tmp_path: Path) -> None:
    one = write_video(tmp_path / "1.ts", [numbered(3)] * 5, codec="mpeg2video").read_bytes()
    two = write_video(tmp_path / "2.ts", [numbered(9, 320, 240)] * 5, codec="mpeg2video").read_bytes()
    path = tmp_path / "both.ts"
    path.write_bytes(one + two)
    frames, _ = every_frame(path)
    shapes = [frame.image.shape for frame in frames]
    assert shapes[0] == (120, 160, 3)
    assert shapes[-1] == (240, 320, 3)


def test_absurd_sizes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "a.mp4", 3)
    monkeypatch.setattr(video, "MAX_PIXELS", 160 * 120 - 1)
    frames, error = every_frame(path)
    assert frames == []
    assert "frames of 160x120 pixels" in error


def test_in_real_time_unless_as_fast(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 8)  # 0.8 s
    source = open_source(SourceConfig(uri=str(path)))
    assert source.live
    source.open()
    stamps = [frame.monotonic for frame in iter(source.read, None)]
    assert len(stamps) == 8
    assert stamps[-1] - stamps[0] >= 0.69  # never early; late on a busy machine
    assert not open_source(SourceConfig(uri=str(path), as_fast=True)).live


def test_looping_counts_on(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 4)
    source = open_source(SourceConfig(uri=str(path), loop=True, as_fast=True))
    source.open()
    frames = list(itertools.islice(iter(source.read, None), 10))
    assert [number_of(frame.image) for frame in frames] == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]
    assert [frame.index for frame in frames] == list(range(10))
    assert [frame.time for frame in frames] == pytest.approx([n / 10 for n in range(10)])


def test_close_wakes_a_paced_read(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 3, fps=1)
    source = open_source(SourceConfig(uri=str(path)))
    source.open()
    assert source.read() is not None
    threading.Timer(0.1, source.close).start()
    start = time.monotonic()
    assert source.read() is None
    assert time.monotonic() - start < 0.9  # the frame was due after 1 s
