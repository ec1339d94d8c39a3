from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.capture import Source, open_source
from edgedet.capture.tap import CODECS, EncodedPacket, Timeline, hand_packets, parameter_sets
from edgedet.config import SourceConfig
from edgedet.types import Frame
from tests.capture.servers import HttpCamera, RtspCamera
from tests.events.recorder.film import film


class Listener:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.packets: list[EncodedPacket] = []
        self.arrived: list[float] = []
        self.frames_only_said = 0

    def packet(self, packet: EncodedPacket) -> None:
        self.packets.append(packet)

    def frames_only(self) -> None:
        self.frames_only_said += 1


def read(source: Source, seconds: float) -> Iterator[Frame]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        frame = source.read()
        if frame is None:
            return
        yield frame


def source_of(uri: str) -> Source:
    return open_source(SourceConfig(uri=uri, stall_timeout=1.5, open_timeout=8, retry_max=1))


def test_a_stream_hands_on_what_it_decodes(rtsp_url: str) -> None:
    listener, source = Listener(), source_of(rtsp_url)
    assert hand_packets(source, listener)
    source.open()
    frames = list(read(source, 3))
    source.close()
    packets = listener.packets
    assert packets[0].key
    assert packets[0].stream.codec == "h264"
    assert (packets[0].stream.width, packets[0].stream.height) == (320, 240)
    assert parameter_sets("h264", packets[0].stream.parameters) == packets[0].stream.parameters != b""
    assert len({id(packet.stream) for packet in packets}) == 1
    assert 2 <= sum(packet.key for packet in packets) <= 5
    times = [packet.elapsed for packet in packets]
    assert times == sorted(times)
    steps = [b - a for a, b in itertools.pairwise(times[15:])]
    assert sorted(steps)[len(steps) // 2] == pytest.approx(1 / 15, abs=0.01)
    # what a frame is called to have happened at is within 0.2 s of what its packet is
    for frame in frames[5:]:
        assert min(abs(frame.elapsed - each) for each in times) < 0.2


def test_each_connection_begins_with_a_key_frame_and_an_equal_stream() -> None:
    with RtspCamera() as camera:
        listener, source = Listener(), source_of(camera.url)
        hand_packets(source, listener)
        source.open()
        reader = threading.Thread(target=lambda: list(read(source, 60)), daemon=True)
        reader.start()
        time.sleep(1.5)
        camera.kill()
        before = len(listener.packets)
        camera.start()
        deadline = time.monotonic() + 20
        while len(listener.packets) < before + 10:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        source.close()
        reader.join(5)
    streams = [packet.stream for packet in listener.packets]
    second = next(i for i, stream in enumerate(streams) if stream is not streams[0])
    assert listener.packets[second].key
    assert streams[second] == streams[0]
    times = [packet.elapsed for packet in listener.packets]
    assert times == sorted(times)


def test_motion_jpeg_has_only_frames() -> None:
    with HttpCamera() as camera:
        listener, source = Listener(), source_of(camera.url("mjpeg"))
        assert hand_packets(source, listener)
        source.open()
        next(read(source, 5))
        source.close()
    assert listener.frames_only_said == 1
    assert not listener.packets


@pytest.mark.parametrize("uri", ["demo:", "v4l2:/dev/video99"])
def test_a_source_of_pictures_hands_on_nothing(uri: str) -> None:
    assert not hand_packets(source_of(uri), Listener())


def test_a_file_hands_on_nothing(tmp_path: Path) -> None:
    from tests.capture.clips import write_video

    assert not hand_packets(source_of(str(write_video(tmp_path / "a.mp4"))), Listener())


def test_the_parameter_sets_of_real_streams() -> None:
    for codec, kinds in (("h264", [7, 8]), ("hevc", [32, 33, 34])):
        packets = film(1, codec=codec)  # type: ignore[arg-type]
        sets = parameter_sets(codec, packets[0].data)  # type: ignore[arg-type]
        found = [unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63 for unit in sets.split(b"\0\0\0\1")[1:]]
        assert found == kinds
        assert parameter_sets(codec, packets[1].data) == b""  # type: ignore[arg-type]


@given(st.binary(max_size=400))
def test_parameter_sets_of_anything(data: bytes) -> None:
    for codec in CODECS:
        parameter_sets(codec, data + b"\0\0\1" + data)


@given(
    late=st.lists(st.floats(0, 3), min_size=2, max_size=200),
    pace=st.floats(0.96, 1.04),
    begin=st.floats(-1e5, 1e5),
)
def test_never_after_it_came_and_never_back(late: list[float], pace: float, begin: float) -> None:
    timeline, came, last = Timeline(), 0.0, float("-inf")
    for number, delay in enumerate(late):
        came = max(came, number / 25 + delay)
        elapsed = timeline(begin + number / 25 * pace, came)
        assert elapsed <= came + 1e-6
        assert elapsed >= last - 1e-6
        last = elapsed


@pytest.mark.parametrize("pace", [0.97, 1.0, 1.03])
def test_a_camera_with_a_wrong_clock_is_kept_up_with(pace: float) -> None:
    timeline = Timeline()
    for number in range(25 * 600):
        came = number / 25 + (0.05 if number % 7 == 0 else 0.0)
        assert timeline(number / 25 * pace, came) == pytest.approx(number / 25, abs=0.2)


def test_a_stall_of_the_network_is_not_taken_for_time() -> None:
    timeline = Timeline()
    taken = [timeline(number / 25, max(number / 25, 6.0 if number > 100 else 0.0)) for number in range(300)]
    assert taken == pytest.approx([number / 25 for number in range(300)], abs=0.15)


def test_a_camera_that_sets_its_clock_back() -> None:
    timeline = Timeline()
    stamps = [number / 25 - (1000 if number >= 50 else 0) for number in range(100)]
    assert [timeline(stamp, number / 25) for number, stamp in enumerate(stamps)] == pytest.approx(
        [number / 25 for number in range(100)], abs=1e-6
    )
