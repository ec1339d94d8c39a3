from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from edgedet.drawing.palette import colour_of
from edgedet.errors import OutputError
from edgedet.mp4 import Mp4Writer
from edgedet.publish.video import VideoPublisher
from edgedet.types import Detections, Image
from tests.publish.made import LABELS, found, picture, result, small_disk

NOTHING = Detections.empty(LABELS)

RECORDER = """
import sys
from pathlib import Path
from edgedet.publish.video import VideoPublisher
from tests.publish.made import result
video = VideoPublisher(Path(sys.argv[1]))
video.open()
for index in range(120):
    video.publish(result(index, grey=index % 200))
print("recorded", flush=True)
sys.stdin.read()
"""


def decoded(path: Path) -> list[tuple[float, Image]]:
    """Times and pictures, up to where a file breaks off."""
    frames = []
    with av.open(str(path)) as container:
        try:
            for frame in container.decode(video=0):
                frames.append((float(frame.time or 0), np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)))
        except av.error.InvalidDataError:
            pass
    return frames


def publish(path: Path, times: list[float], **kinds: int) -> None:
    video = VideoPublisher(path)
    video.open()
    for index, time_s in enumerate(times):
        video.publish(result(index, time_s=time_s, **kinds))
    video.close()
    video.close()


def test_every_frame_at_its_own_time(tmp_path: Path) -> None:
    times = [3.0, 3.1, 3.15, 3.9, 8.0, 8.04]
    publish(tmp_path / "found.mp4", times)
    assert [time for time, _ in decoded(tmp_path / "found.mp4")] == pytest.approx([t - 3.0 for t in times], abs=1e-3)


def test_what_was_found_is_in_the_picture(tmp_path: Path) -> None:
    video = VideoPublisher(tmp_path / "found.mp4")
    video.open()
    for index in range(3):
        video.publish(result(index, width=640, height=480, detections=found((100, 100, 540, 400))))
    video.close()
    _, image = decoded(tmp_path / "found.mp4")[2]
    assert np.abs(image[250, 100].astype(int) - colour_of("person")).max() < 60
    assert np.abs(image[250, 300].astype(int) - 90).max() < 6


@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 1), (161, 121), (320, 240)])
def test_odd_sizes_grow_by_a_pixel(tmp_path: Path, width: int, height: int) -> None:
    publish(tmp_path / "found.mp4", [0, 0.04], width=width, height=height)
    frames = decoded(tmp_path / "found.mp4")
    assert len(frames) == 2
    assert frames[0][1].shape == (height + height % 2, width + width % 2, 3)


def test_a_source_that_begins_again_goes_on_at_its_pace(tmp_path: Path) -> None:
    publish(tmp_path / "found.mp4", [0.0, 0.1, 0.2, 0.0, 0.1, 0.1])
    times = [time for time, _ in decoded(tmp_path / "found.mp4")]
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5], abs=1e-3)


def test_colours_survive(tmp_path: Path) -> None:
    image = picture(64, 64)
    image[:] = (40, 80, 200)
    writer = Mp4Writer(tmp_path / "red.mp4", 64, 64)
    writer.write(image, 0)
    writer.close()
    assert np.abs(decoded(tmp_path / "red.mp4")[0][1].astype(int) - (40, 80, 200)).max() < 8


def test_another_size_begins_another_file(tmp_path: Path) -> None:
    video = VideoPublisher(tmp_path / "found.mp4")
    video.open()
    for index in range(6):
        video.publish(result(index, width=160 if index < 4 else 320))
    video.close()
    assert len(decoded(tmp_path / "found.mp4")) == 4
    assert [image.shape[1] for _, image in decoded(tmp_path / "found-2.mp4")] == [320, 320]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "found.mp4").write_text("precious")
    publish(tmp_path / "found.mp4", [0, 0.04])
    assert (tmp_path / "found.mp4").read_text() == "precious"
    assert len(decoded(tmp_path / "found-2.mp4")) == 2


def test_no_frames_no_file(tmp_path: Path) -> None:
    publish(tmp_path / "found.mp4", [])
    assert list(tmp_path.iterdir()) == []


def test_places_that_can_not_be(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    for place, remedy in (
        (tmp_path / "found.avi", r"found\.mp4"),
        (tmp_path / "folder.mp4", "folder"),
        (tmp_path / "no" / "found.mp4", "folder first"),
    ):
        with pytest.raises(OutputError, match=remedy) as refused:
            VideoPublisher(place).open()
        assert str(place) in str(refused.value)


def test_killed_half_way_it_still_plays(tmp_path: Path) -> None:
    path = tmp_path / "found.mp4"
    program = subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert program.stdin is not None
    assert program.stdout is not None
    assert program.stdout.readline() == b"recorded\n"
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdin.close()
    program.stdout.close()
    assert len(decoded(path)) >= 100, "of 120: all but the last two seconds at most"


def write_noise(writer: Mp4Writer, frames: int, most: int = 255) -> None:
    """Hard to compress: about 30 kB a frame, ten a second."""
    rng = np.random.default_rng(0)
    for index in range(frames):
        writer.write(rng.integers(0, most, (240, 320, 3), dtype=np.uint8), index / 10)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_full_disk_is_told_and_what_is_there_plays(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1000) as disk:
        files = open_files()
        writer = Mp4Writer(disk / "noise.mp4", 320, 240)
        with pytest.raises(OutputError, match=r"noise\.mp4: .*no space left .*free some space"):
            write_noise(writer, 300)
        writer.close()
        assert len(decoded(disk / "noise.mp4")) >= 20, "two seconds"
        another = Mp4Writer(disk / "more.mp4", 320, 240)
        with pytest.raises(OutputError, match="no space left"):
            write_noise(another, 300)
        assert not (disk / "more.mp4").exists(), "no frame of it is whole"
        assert open_files() == files


def test_a_disk_too_full_for_the_end(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1000) as disk:
        writer = Mp4Writer(disk / "noise.mp4", 320, 240)
        write_noise(writer, 35, most=16)
        state = os.statvfs(disk)
        (disk / "rest").write_bytes(bytes(state.f_bavail * state.f_frsize))
        with pytest.raises(OutputError, match="no space left"):
            writer.close()
        assert len(decoded(disk / "noise.mp4")) >= 20
