"""Against a real RTSP camera: what comes over the network is what is in the clip."""

from __future__ import annotations

import resource
import threading
import time
from pathlib import Path

import pytest

from edgedet.capture import Source, open_source
from edgedet.capture.tap import EncodedPacket
from edgedet.config import SourceConfig
from edgedet.events.recorder import Recorder
from tests.capture.servers import RtspCamera
from tests.events.recorder.film import boxes, event, film, kept_units, pictures, stored
from tests.events.recorder.recording import Recording
from tests.places import shared


class Listening(Recorder):
    """Remembers the packets it was handed."""

    def packet(self, packet: EncodedPacket) -> None:
        self.__dict__.setdefault("came", []).append(packet)
        super().packet(packet)


class Reading:
    """Reads a source in a thread, as the program does."""

    def __init__(self, source: Source, recorder: Recorder) -> None:
        self.frames: list[float] = []
        self._source, self._recorder = source, recorder
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        self._source.open()
        for frame in iter(self._source.read, None):
            self.frames.append(frame.elapsed)
            self._recorder.frame(frame)

    def wait_for(self, elapsed: float) -> None:
        deadline = time.monotonic() + 30
        while not self.frames or self.frames[-1] < elapsed:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def close(self) -> None:
        self._source.close()
        self._thread.join(5)
        assert not self._thread.is_alive()


def test_a_clip_of_a_real_stream(tmp_path: Path) -> None:
    walker = shared("data/videos/one-by-one-person-detection.mp4")
    with RtspCamera("--file", str(walker)) as camera:
        recording = Recording(tmp_path, pre_roll=2, post_roll=1, snapshots=False)
        recorder = recording.recorder
        recorder.__class__ = Listening
        source = open_source(SourceConfig(uri=camera.url))
        recorder.attach(source)
        with recording:
            reading = Reading(source, recorder)
            reading.wait_for(0.0)
            first = reading.frames[0]
            reading.wait_for(first + 4.5)
            begin = reading.frames[-1]
            recorder.event(event("start", begin))
            reading.wait_for(begin + 2)
            recorder.event(event("end", begin, begin + 2))
            kept = recording.clip_of(event("end").event)
            reading.close()
    assert begin - 2 - 0.7 <= kept.begin <= begin - 2  # the server sends a key frame every 15 frames, 0.6 s
    assert kept.begin + kept.seconds == pytest.approx(begin + 3, abs=0.2)
    names = boxes(kept.path)
    assert names.index("moov") < names.index("mdat")
    found = stored(kept.path)
    came: list[EncodedPacket] = recorder.__dict__["came"]
    at = next(i for i, packet in enumerate(came) if packet.elapsed >= kept.begin - 1e-3)
    assert [each[2] for each in found] == [kept_units(packet) for packet in came[at : at + len(found)]]
    assert len(pictures(kept.path)) == len(found) > 70
    assert recorder.stats.frames_dropped == 0


@pytest.mark.slow
def test_what_remuxing_costs(tmp_path: Path) -> None:
    """At most 5 % of a core at 25 fps and 4 Mbit/s, while two events are being recorded."""
    packets = film(40, fps=25, width=1280, height=720)
    padding = bytes(range(1, 251)) * 80
    packets = [
        EncodedPacket(p.data + b"\0\0\0\1\x0c\xff" + padding + b"\x80", p.elapsed, p.delay, p.key, p.stream)
        for p in packets
    ]
    recording = Recording(tmp_path, snapshots=False)
    spent: list[float] = []
    run = recording.recorder.run

    def measured() -> None:
        before = resource.getrusage(resource.RUSAGE_THREAD)
        run()
        after = resource.getrusage(resource.RUSAGE_THREAD)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    recording._threads[0] = threading.Thread(target=measured, daemon=True)
    with recording:
        feeding = resource.getrusage(resource.RUSAGE_THREAD)
        recording.play(packets[:150], speed=1)
        recording.recorder.event(event("start", 5.0, name="a"))
        recording.recorder.event(event("start", 5.5, name="b"))
        recording.play(packets[150:900], speed=1)
        recording.recorder.event(event("end", 5.0, 30.0, name="a"))
        recording.recorder.event(event("end", 5.5, 30.0, name="b"))
        recording.play(packets[900:], speed=1)
        fed = resource.getrusage(resource.RUSAGE_THREAD)
        for name in "ab":
            recording.clip_of(event("end", name=name).event)
    share = spent[0] / 40
    put = (fed.ru_utime + fed.ru_stime - feeding.ru_utime - feeding.ru_stime) / 40
    print(f"writing {share:.2%} of a core, feeding {put:.2%}")
    assert share <= 0.05


def test_frames_of_the_demo_are_encoded(tmp_path: Path) -> None:
    recording = Recording(tmp_path, pre_roll=1, post_roll=1, snapshots=False)
    source = open_source(SourceConfig(uri="demo:"))
    recording.recorder.attach(source)
    with recording:
        reading = Reading(source, recording.recorder)
        reading.wait_for(0.0)
        first = reading.frames[0]
        reading.wait_for(first + 2.5)
        recording.recorder.event(event("start", first + 2.5))
        reading.wait_for(first + 3.5)
        recording.recorder.event(event("end", first + 2.5, first + 3.5))
        kept = recording.clip_of(event("end").event)
        reading.close()
    assert 0.4 <= kept.begin - first <= 1.5
    assert kept.begin + kept.seconds == pytest.approx(first + 4.5, abs=0.2)
    assert 25 <= len(pictures(kept.path)) <= 45
