"""Encoded packets, frames and events made for a test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np

from edgedet.capture.tap import CodecName, EncodedPacket, EncodedStream, parameter_sets
from edgedet.event import Event, Phase
from edgedet.events.change import Change
from edgedet.types import Detections, Frame, Image

LABELS = ("person",)
NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)

ENCODERS: dict[CodecName, tuple[str, dict[str, str]]] = {
    "h264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency"}),
    "hevc": ("libx265", {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "log-level=none"}),
}


def picture(number: int, width: int = 160, height: int = 120) -> Image:
    """A ramp that moves on with each number."""
    ramp = (np.arange(width)[None, :, None] * 2 + np.arange(height)[:, None, None] + number * 5) % 256
    return np.ascontiguousarray(np.broadcast_to(ramp, (height, width, 3)), np.uint8)


def film(
    seconds: float = 10,
    fps: int = 10,
    codec: CodecName = "h264",
    width: int = 160,
    height: int = 120,
    begin: float = 0.0,
    group: float = 1.0,
    reordered: bool = False,
) -> list[EncodedPacket]:
    """Packets of moving pictures with a key frame every ``group`` seconds; ``reordered``: with B-frames."""
    name, options = ENCODERS[codec]
    context = cast(av.VideoCodecContext, av.CodecContext.create(name, "w"))
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 90_000), Fraction(fps)
    context.options = {"preset": "ultrafast", "bf": "2", "b-adapt": "0"} if reordered else options
    context.gop_size, context.thread_count = round(fps * group), 1
    packets: list[EncodedPacket] = []
    stream: EncodedStream | None = None
    for packet in _encoded(context, round(seconds * fps), fps):
        data = bytes(packet)
        stream = stream or EncodedStream(codec, parameter_sets(codec, data), width, height)
        assert packet.pts is not None
        assert packet.dts is not None
        delay = (packet.pts - packet.dts) / 90_000
        packets.append(EncodedPacket(data, begin + packet.pts / 90_000, delay, packet.is_keyframe, stream))
    return packets


def _encoded(context: av.VideoCodecContext, count: int, fps: int) -> Iterator[av.Packet[Any]]:
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(picture(number, context.width, context.height), "bgr24")
        frame = frame.reformat(format="yuv420p")
        frame.pts, frame.time_base = number * 90_000 // fps, Fraction(1, 90_000)
        yield from context.encode(frame)
    yield from context.encode(None)


def frame(number: int, elapsed: float, width: int = 160, height: int = 120) -> Frame:
    return Frame(picture(number, width, height), number, elapsed, elapsed, time.monotonic(), datetime.now(UTC), "test:")


def event(
    phase: Phase, begin: float = 0.0, end: float = 0.0, name: str = "7f3a", picture_of: Frame | None = None
) -> Change:
    """News of an event that began and was last seen at these seconds of the source's clock."""
    started = NOON + timedelta(seconds=begin)
    told = Event(
        id=f"20261121-120000.000-front-{name}",
        camera="front",
        label="person",
        rule="person",
        phase=phase,
        started=started,
        ended=NOON + timedelta(seconds=end) if phase == "end" else None,
        begin=begin,
        end=max(begin, end),
        best_score=0.9,
        best_box=(0.1, 0.1, 0.5, 0.9),
        best_at=begin,
        track_id=1,
    )
    detections = None
    if picture_of is not None:
        box = np.array([[20, 20, 80, 90]], np.float32)
        detections = Detections(box, np.array([0.9], np.float32), np.zeros(1, np.int32), LABELS)
    return Change(told, picture_of, detections)


def units(data: bytes) -> list[bytes]:
    """The NAL units of a picture as a stream carries it (Annex B)."""
    return [unit for piece in data.split(b"\0\0\1") if (unit := piece.rstrip(b"\0"))]


def kept_units(packet: EncodedPacket) -> list[bytes]:
    """Those of them that an MP4 file has with the picture: H.265's parameter sets stand in its header (hvc1)."""
    sets = range(32, 35) if packet.stream.codec == "hevc" else ()
    return [unit for unit in units(packet.data) if unit[0] >> 1 & 63 not in sets]


def units_in_file(data: bytes) -> list[bytes]:
    """The NAL units of a picture as a file carries it: each after its length."""
    found, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append(data[at + 4 : at + 4 + length].rstrip(b"\0"))
        at += 4 + length
    return found


def stored(path: Path) -> list[tuple[float, bool, list[bytes]]]:
    """What is in a file: seconds, whether it is a key frame, and its NAL units, for every packet."""
    with av.open(str(path)) as container:
        return [
            (float(packet.pts * packet.time_base), packet.is_keyframe, units_in_file(bytes(packet)))
            for packet in container.demux(video=0)
            if packet.pts is not None and packet.time_base is not None
        ]


def pictures(path: Path) -> list[Image]:
    """All its pictures, decoded; an error in the middle is one."""
    with av.open(str(path)) as container:
        return [
            np.asarray(each.to_ndarray(format="bgr24"), np.uint8)
            for each in container.decode(video=0)
            if isinstance(each, av.VideoFrame)
        ]


def boxes(path: Path) -> list[str]:
    """The names of an MP4 file's outermost boxes, in order (ISO/IEC 14496-12)."""
    data, names, at = path.read_bytes(), [], 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        names.append(data[at + 4 : at + 8].decode("latin-1"))
        at += size if size > 1 else int.from_bytes(data[at + 8 : at + 16], "big") if size == 1 else len(data)
    return names


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())
