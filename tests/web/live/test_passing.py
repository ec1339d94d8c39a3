"""Whether a camera's own packets can be seen, and what comes of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from edgedet.capture.tap import EncodedPacket, EncodedStream, Tap
from edgedet.config import CameraConfig
from edgedet.config.live import LiveConfig
from edgedet.events.recorder.codec import Encoding, open_codec
from edgedet.mp4 import to_yuv
from edgedet.web.hub import Hub
from edgedet.web.webrtc import Film, Fork
from edgedet.web.webrtc.passing import Passing
from tests.web.live.serving import moving

FPS = 15


@pytest.fixture(scope="module")
def packets() -> list[EncodedPacket]:
    """Eight seconds of a camera's H.264, a key frame every second; the parameter sets are not in the packets."""
    codec, _ = open_codec(Encoding("software", 320, 240, FPS, 1000))
    made: list[EncodedPacket] = []
    stream = EncodedStream("h264", b"", 320, 240)
    for index in range(8 * FPS):
        picture = to_yuv(moving("", index).frame.image)
        picture.pts, picture.time_base = index * 90_000 // FPS, Fraction(1, 90_000)
        picture.pict_type = av.video.frame.PictureType.I if index % FPS == 0 else av.video.frame.PictureType.NONE
        for packet in codec.encode(picture):
            data = bytes(packet)
            if packet.is_keyframe:
                at = data.index(b"\0\0\1\x65")  # the picture; its parameter sets are before it
                stream, data = replace(stream, parameters=data[:at]), data[at:]
            made.append(EncodedPacket(data, index / FPS, 0.0, packet.is_keyframe, stream))
    return made


class Follower:
    """Decodes what it gets."""

    def __init__(self) -> None:
        self.images: list[np.ndarray] = []
        self.over = False
        self._codec: Any = av.CodecContext.create("h264", "r")
        self._begun = False

    def give(self, packet: Any, key: bool) -> None:
        if packet is None:
            self.over = True
            return
        self._begun = self._begun or key
        if self._begun:
            self.images += [frame.to_ndarray(format="bgr24") for frame in self._codec.decode(av.Packet(bytes(packet)))]


def test_they_are_passed_on_as_they_are(packets: list[EncodedPacket]) -> None:
    passing, follower = Passing(1500), Follower()
    for packet in packets[: 3 * FPS + 4]:
        passing.packet(packet)
    assert passing.trouble == ""
    passing.follow(follower.give)
    for packet in packets[3 * FPS + 4 :]:
        passing.packet(packet)
    assert len(follower.images) == 4 * FPS  # from the next key frame on
    wanted = moving("", len(packets) - 1).frame.image.astype(int)
    assert np.abs(follower.images[-1] - wanted).mean() < 6
    assert not follower.over


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda each: replace(each, delay=0.1), "B-frames"),
        (lambda each: replace(each, stream=replace(each.stream, codec="hevc")), "hevc"),
        (lambda each: replace(each, stream=replace(each.stream, parameters=b"\1avcC")), "Annex B"),
        (lambda each: replace(each, key=each.key and each.elapsed == 0), "between key frames"),
        (lambda each: replace(each, data=each.data + b"\0" * 20_000), "kbit/s"),
    ],
)
def test_what_browsers_or_this_machine_cant_take_isnt(packets: list[EncodedPacket], change: Any, why: str) -> None:
    passing, follower = Passing(1500), Follower()
    for packet in packets[: 3 * FPS]:
        passing.packet(packet)
    passing.follow(follower.give)
    for packet in packets:
        passing.packet(change(replace(packet, elapsed=packet.elapsed)))
    assert why in passing.trouble
    assert follower.over


def test_a_camera_that_comes_back_otherwise_ends_it(packets: list[EncodedPacket]) -> None:
    passing, follower = Passing(1500), Follower()
    assert passing.trouble
    for packet in packets:
        passing.packet(packet)
    passing.follow(follower.give)
    passing.frames_only()
    assert passing.trouble
    assert follower.over


def test_a_stream_that_has_only_begun_is_judged_later(packets: list[EncodedPacket]) -> None:
    passing = Passing(1500)
    passing.packet(packets[0])
    assert "only just begun" in passing.trouble


def test_what_must_be_covered_is_never_passed_on(packets: list[EncodedPacket]) -> None:
    hidden = CameraConfig.model_validate({"name": "front", "privacy": {"masks": [[[0, 0], [1, 0], [1, 1]]]}})
    shown = CameraConfig.model_validate({"name": "back"})
    hub = Hub([hidden, shown], LiveConfig())
    assert hub.films["front"].tap is None
    assert hub.films["front"].choose(["H264"])[1] is hub.films["front"].encoders["H264"]
    tap = hub.films["back"].tap
    assert tap is not None
    for packet in packets:
        tap.packet(packet)
    assert hub.films["back"].choose(["H264", "VP8"]) == ("H264", tap)
    assert hub.films["back"].choose(["VP8"])[1] is hub.films["back"].encoders["VP8"]


def test_without_webrtc_nothing_is_tapped() -> None:
    film = Film("front", LiveConfig(webrtc=False), may_pass=True)
    assert film.tap is None
    film.frame(moving("front", 0).frame)


class Source:
    """Hands on packets, or has none."""

    def __init__(self, has: bool) -> None:
        self.has, self.tap = has, None

    def packets(self, tap: Tap) -> bool:
        self.tap = tap
        return self.has


class Taken:
    """A recorder and a tap at once; notes what it is given."""

    def __init__(self) -> None:
        self.notes: list[object] = []
        self.handed = False

    def attach(self, source: Any) -> None:
        self.handed = source.packets(self)

    def frame(self, frame: object) -> None:
        self.notes.append(frame)

    def packet(self, packet: object) -> None:
        self.notes.append(packet)

    def frames_only(self) -> None:
        self.notes.append("frames only")


def test_a_recorder_and_the_page_share_the_packets(packets: list[EncodedPacket]) -> None:
    source, recorder, tap = Source(True), Taken(), Taken()
    fork = Fork(recorder, tap)
    fork.attach(source)  # type: ignore[arg-type]
    assert recorder.handed
    source.tap.packet(packets[0])
    source.tap.frames_only()
    frame = moving("front", 0).frame
    fork.frame(frame)
    assert recorder.notes == [packets[0], "frames only", frame]
    assert tap.notes == [packets[0], "frames only"]


def test_a_source_without_packets_has_none_for_either() -> None:
    source, recorder, tap = Source(False), Taken(), Taken()
    Fork(recorder, tap).attach(source)  # type: ignore[arg-type]
    assert not recorder.handed
    assert tap.notes == ["frames only"]
    Fork(None, tap).attach(Source(True))  # type: ignore[arg-type]
