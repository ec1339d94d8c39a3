"""Threads, slots and stops: what holds when every stage behaves, and when one doesn't."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from edgedet import app as app_module
from edgedet import lane
from edgedet.app import App
from edgedet.camera import Camera
from edgedet.capture import Source
from edgedet.errors import OutputError, SourceError
from edgedet.inference.detector import Detector
from edgedet.publish import Publisher
from tests.drivers import Collector, PictureSource, blank, disk_full
from tests.places import ROOT


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(threads=1)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 3
    while left := [t.name for t in threading.enumerate() if t.name.startswith("edgedet-")]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def app(source: Source, detector: Detector, *publishers: Publisher) -> App:
    return App([Camera(source)], detector, publishers, interval=0)


def test_a_file_loses_nothing_even_to_a_slow_publisher(detector: Detector) -> None:
    slow, quick = Collector("slow", lambda _: time.sleep(0.05)), Collector("quick")
    report = app(PictureSource(blank(), count=30), detector, slow, quick).run()
    for publisher in (slow, quick):
        assert [r.frame.index for r in publisher.results] == list(range(30))
        assert (publisher.opened, publisher.closed) == (1, 1)
    assert report["frames"] == {"captured": 30, "detected": 30, "looked": 30}
    assert report["drops"] == {"detect": 0, "slow": 0, "quick": 0}


def test_a_live_source_drops_for_the_slow_alone(detector: Detector) -> None:
    slow, quick = Collector("slow", lambda _: time.sleep(0.5)), Collector("quick")
    report = app(PictureSource(blank(), fps=60, live=True), detector, slow, quick).run(seconds=2)
    assert len(quick.results) > 4 * len(slow.results)
    assert report["drops"]["slow"] > 0
    assert report["frames"]["detected"] >= len(quick.results) > 0
    indices = [r.frame.index for r in quick.results]
    assert indices == sorted(set(indices))


def test_so_many_frames_and_no_more(detector: Detector) -> None:
    collector = Collector()
    app(PictureSource(blank()), detector, collector).run(frames=7)
    assert len(collector.results) == 7


def test_so_many_seconds(detector: Detector) -> None:
    start = time.monotonic()
    app(PictureSource(blank(), fps=20, live=True), detector, Collector()).run(seconds=0.5)
    assert time.monotonic() - start < 0.5 + app_module.STOP_WITHIN + 1


def test_results_carry_the_picture_the_objects_and_the_times(detector: Detector) -> None:
    photo = cv2.imread(str(ROOT / "edgedet/capture/photos/hopper.jpg"))
    assert photo is not None
    collector = Collector()
    report = app(PictureSource(photo, count=3), detector, collector).run()
    for result in collector.results:
        assert [o["label"] for o in result.detections.to_dicts()] == ["person"]
        assert set(result.stage_s) == {"age", "preprocess", "invoke", "decode"}
        assert result.stage_s["invoke"] > 0
    assert report["objects"] == {"person": 3}
    assert report["latency_ms"]["end_to_end"]["p50"] >= report["latency_ms"]["invoke"]["p50"]


def test_stop_ends_a_source_that_hangs(detector: Detector) -> None:
    running = app(PictureSource(blank(), live=True, hang_at=3), detector, Collector())
    threading.Timer(0.5, running.stop).start()
    start = time.monotonic()
    running.run()
    assert time.monotonic() - start < 0.5 + app_module.STOP_WITHIN + 0.5


@pytest.mark.parametrize("name", ["edgedet-detect", "edgedet-collect"])
def test_a_thread_that_cant_be_started_ends_it_at_once(
    name: str, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        if thread.name == name:  # as the kernel refuses one beyond RLIMIT_NPROC, or without memory for its stack
            raise RuntimeError("can't start new thread")
        begin(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    started = time.monotonic()
    with pytest.raises(RuntimeError, match="can't start"):
        app(PictureSource(blank(), fps=20, live=True), detector, Collector("collect")).run(seconds=5)
    assert time.monotonic() - started < app_module.STOP_WITHIN / 2


def test_a_source_that_breaks_ends_it_with_its_own_words(detector: Detector) -> None:
    collector = Collector()
    with pytest.raises(SourceError, match="broke at a frame"):
        app(PictureSource(blank(), fail_at=5), detector, collector).run()
    assert collector.closed == 1


def test_a_full_disk_ends_a_file(detector: Detector) -> None:
    with pytest.raises(OutputError, match="no space left"):
        app(PictureSource(blank()), detector, Collector(before=disk_full(3))).run()


def test_a_full_disk_does_not_end_a_live_source(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "RETRY_FIRST", 0.1)

    def full_for_a_while(call: int) -> None:
        if 3 <= call < 6:
            disk_full(3)(call)

    broken, sound = Collector("broken", full_for_a_while), Collector("sound")
    report = app(PictureSource(blank(), fps=30, live=True), detector, broken, sound).run(seconds=4)
    assert report["errors"] == {"broken": 3, "sound": 0}
    assert broken.opened == 4  # once, and after each failure
    assert len(broken.results) > 3  # it came back
    assert len(sound.results) > len(broken.results)


def test_a_publisher_that_cannot_open_ends_it_before_it_starts(detector: Detector) -> None:
    class Closed(Collector):
        def open(self) -> None:
            raise OutputError("port 80: in use; use --port")

    source = PictureSource(blank())
    with pytest.raises(OutputError, match="in use"):
        app(source, detector, Closed()).run()
    assert source.read() is None  # closed too


def test_a_thread_that_will_not_end_is_named(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "STOP_WITHIN", 0.3)
    release = threading.Event()
    stuck = Collector("stuck", lambda _: release.wait() and None)
    try:
        with pytest.raises(RuntimeError, match="edgedet-stuck"):
            app(PictureSource(blank(), fps=20, live=True), detector, stuck).run(seconds=0.5)
    finally:
        release.set()


def test_several_cameras_share_the_detector_fairly(detector: Detector) -> None:
    collector = Collector()
    quick = Camera(PictureSource(blank(), fps=200, live=True), "quick")
    slow = Camera(PictureSource(blank(), fps=10, live=True), "slow")
    report = App([quick, slow], detector, [collector], interval=0).run(seconds=3)
    slow_frames, quick_frames = (report["cameras"][name]["frames"] for name in ("slow", "quick"))
    assert quick_frames["captured"] > 3 * slow_frames["captured"]
    # its turn comes before the other's second, however slow the machine
    assert slow_frames["detected"] >= min(slow_frames["captured"] - 2, quick_frames["detected"] - 2) > 0
    assert {result.camera for result in collector.results} == {"quick", "slow"}


def test_a_film_that_ends_leaves_the_other_cameras_running(detector: Detector) -> None:
    film, live = (
        Camera(PictureSource(blank(), count=5), "film"),
        Camera(PictureSource(blank(), fps=20, live=True), "live"),
    )
    report = App([film, live], detector, [Collector()], interval=0).run(seconds=5)
    assert report["cameras"]["film"]["frames"]["detected"] == 5
    assert report["cameras"]["live"]["frames"]["detected"] > 5


def test_no_more_frames_a_second_than_are_wanted(detector: Detector) -> None:
    limited = app(PictureSource(blank(), fps=100, live=True), detector, collector := Collector())
    limited.detecting.most_fps = 5
    limited.run(seconds=2)
    assert 7 <= len(collector.results) <= 11
    ages = [result.stage_s["age"] for result in collector.results]
    assert max(ages) < 0.1  # what is taken after a rest is fresh


def test_another_detector_takes_over_between_two_frames(detector: Detector) -> None:
    other = Detector(ROOT / "models/starter-256-int8.tflite", threads=1)
    used = app(PictureSource(blank(), fps=50, live=True), detector, collector := Collector())

    def swap(call: int) -> None:
        if call == 5:
            used.detecting.use(other)

    collector.before = swap
    report = used.run(frames=20)
    assert report["model"].endswith("starter-256-int8.tflite")
    assert len(collector.results) == 20


def test_a_detector_with_other_labels_is_refused(detector: Detector, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("".join(f"other {i}\n" for i in range(len(detector.labels))))
    used = app(PictureSource(blank(), count=1), detector)
    with pytest.raises(ValueError, match="other labels"):
        used.detecting.use(Detector(labels=labels, threads=1))
    assert used.detecting.detector is detector
