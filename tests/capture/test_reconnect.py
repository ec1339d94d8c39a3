from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from edgedet.capture import reconnect
from edgedet.capture.receiver import Lost
from edgedet.capture.reconnect import Reconnecting
from edgedet.config import SourceConfig
from edgedet.errors import SourceError
from edgedet.types import Frame
from tests.capture.cameras import ScriptedDriver
from tests.capture.clips import number_of


def gone(_: threading.Event) -> None:
    raise Lost("gone; look for it")


def refused(_: threading.Event) -> None:
    raise Lost("wrong password; give the right one", slowly=True)


def hopeless(_: threading.Event) -> None:
    raise SourceError("no such thing; use another")


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(reconnect, "FIRST_PAUSE", 0.02)
    caplog.set_level(logging.INFO)


class Camera:
    """A source over drivers made one after the other; keeps them."""

    def __init__(self, *makers: Callable[[], ScriptedDriver], patient: bool = False, live: bool = True) -> None:
        self.drivers: list[ScriptedDriver] = []
        self._makers: Iterator[Callable[[], ScriptedDriver]] = itertools.chain(makers, itertools.repeat(makers[-1]))
        config = SourceConfig(uri="test:", stall_timeout=0.5, open_timeout=0.5, retry_max=0.1)
        self.source = Reconnecting("test:", self._connect, config, patient=patient, live=live)

    def _connect(self) -> ScriptedDriver:
        self.drivers.append(next(self._makers)())
        return self.drivers[-1]

    def __enter__(self) -> Camera:
        self.source.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.source.close()

    def read(self, count: int) -> list[Frame]:
        return list(itertools.islice(iter(self.source.read, None), count))


def test_what_is_lost_is_opened_again_and_counted_on(caplog: pytest.LogCaptureFixture) -> None:
    camera = Camera(
        lambda: ScriptedDriver(5, gone), lambda: ScriptedDriver(opening=gone), lambda: ScriptedDriver(5, gone)
    )
    with camera:
        frames = camera.read(12)
        assert camera.source.status().reconnects == 2
        assert camera.source.status().state == "open"
    indices = [frame.index for frame in frames]
    assert indices == sorted(set(indices))
    for one, other in itertools.pairwise(frames):
        assert one.monotonic <= other.monotonic
        assert one.time <= other.time
    assert all(driver.closed.wait(1) for driver in camera.drivers)
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0].startswith("test: open: scripted")
    assert lines[1] == "test: gone; look for it; trying again until it is back"
    assert lines[2].startswith("test: open again after ")


def test_a_stall_is_a_loss() -> None:
    release = threading.Event()
    camera = Camera(lambda: ScriptedDriver(3, lambda _: release.wait() and None), ScriptedDriver)
    with camera:
        start = time.monotonic()
        frames = camera.read(8)
        assert time.monotonic() - start > 0.5
        assert len(frames) == 8
        assert camera.source.status().reconnects == 1
    assert not camera.drivers[0].closed.is_set()  # left behind in its call ...
    release.set()
    assert camera.drivers[0].closed.wait(2)  # ... and let go of as soon as that ends


def test_opening_again_helps_once_a_frame_comes() -> None:
    def silent(stop: threading.Event) -> None:
        stop.wait(9)

    camera = Camera(
        lambda: ScriptedDriver(2, then=gone),
        lambda: ScriptedDriver(0, then=silent),  # opens, but gives nothing: twice
        lambda: ScriptedDriver(0, then=silent),
        lambda: ScriptedDriver(-1),
    )
    with camera:
        opened = camera.source.status().since
        assert len(camera.read(2)) == 2
        reading = threading.Thread(target=camera.read, args=(1,))
        reading.start()
        while len(camera.drivers) < 4:
            status = camera.source.status()
            assert (status.state, status.reconnects) in (("open", 0), ("reconnecting", 0), ("open", 1))
            time.sleep(0.01)
        reading.join(5)
        status = camera.source.status()
        assert (status.state, status.reconnects) == ("open", 1)
        assert status.since > opened
    assert camera.source.status().since > status.since


def test_a_loss_is_told_although_letting_go_takes_long() -> None:
    class Slow(ScriptedDriver):
        def close(self) -> None:
            time.sleep(1.5)
            super().close()

    camera = Camera(lambda: Slow(1, then=gone), lambda: ScriptedDriver(-1))
    with camera:
        began = time.monotonic()
        assert len(camera.read(2)) == 2
        assert time.monotonic() - began < 1.4
        assert not camera.drivers[0].closed.is_set()


def test_an_opening_that_never_ends_is_given_up() -> None:
    release = threading.Event()
    stuck = lambda: ScriptedDriver(opening=lambda _: release.wait() and None)  # noqa: E731
    with Camera(stuck, ScriptedDriver, patient=True) as camera:
        assert camera.source.status().state == "reconnecting"
        assert camera.source.status().detail == "doesn't open within 0.5 s"
        assert len(camera.read(2)) == 2
    release.set()


@pytest.mark.parametrize("blocks", ["opening", "reading", "pausing"])
def test_close_wakes_whoever_waits(blocks: str) -> None:
    release = threading.Event()

    def stuck(_: threading.Event) -> None:
        release.wait()

    maker = {
        "opening": lambda: ScriptedDriver(opening=stuck),
        "reading": lambda: ScriptedDriver(2, stuck),
        "pausing": lambda: ScriptedDriver(0, gone),
    }[blocks]
    config = SourceConfig(uri="test:", stall_timeout=60, open_timeout=60, retry_max=60)
    source = Reconnecting("test:", maker, config, patient=True)
    reads: list[Frame | None] = []

    def use() -> None:
        source.open()
        while not reads or reads[-1] is not None:
            reads.append(source.read())

    user = threading.Thread(target=use, daemon=True)
    user.start()
    time.sleep(0.3)
    source.close()
    user.join(5)
    assert not user.is_alive()
    assert reads[-1] is None
    assert source.status().state == "closed"
    release.set()


def test_the_first_opening_fails_for_good_unless_patient() -> None:
    with pytest.raises(SourceError, match=r"^test: gone; look for it$"), Camera(lambda: ScriptedDriver(opening=gone)):
        pass
    with Camera(lambda: ScriptedDriver(opening=gone), ScriptedDriver, patient=True) as camera:
        assert camera.source.status().state == "reconnecting"
        assert camera.source.status().detail == "gone; look for it"
        assert len(camera.read(3)) == 3


def test_what_can_never_be_is_an_error_at_any_time() -> None:
    with (
        pytest.raises(SourceError, match="no such thing"),
        Camera(lambda: ScriptedDriver(opening=hopeless), patient=True),
    ):
        pass
    with (
        Camera(lambda: ScriptedDriver(2, gone), lambda: ScriptedDriver(opening=hopeless), patient=True) as camera,
        pytest.raises(SourceError, match=r"^test: no such thing"),
    ):
        camera.read(5)


def test_a_driver_with_a_bug_is_not_tried_again() -> None:
    def bug(_: threading.Event) -> None:
        raise ZeroDivisionError

    with Camera(lambda: ScriptedDriver(2, bug)) as camera, pytest.raises(ZeroDivisionError):
        camera.read(5)
    assert len(camera.drivers) == 1


def test_many_failures_are_two_lines(caplog: pytest.LogCaptureFixture) -> None:
    failing = [lambda: ScriptedDriver(opening=gone)] * 6
    with Camera(lambda: ScriptedDriver(1, gone), *failing, ScriptedDriver) as camera:
        assert len(camera.read(3)) == 3
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 1
    assert len(caplog.records) == 3


def test_pauses_grow_to_the_longest_and_a_refusal_starts_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconnect.random, "uniform", lambda _, longest: longest)
    camera = Camera(lambda: ScriptedDriver(opening=gone))
    pauses = []
    for _ in range(6):
        camera.source._lose(Lost("gone"))
        pauses.append(camera.source._pause)
    assert pauses == pytest.approx([0.02, 0.04, 0.08, 0.1, 0.1, 0.1])
    fresh = Camera(lambda: ScriptedDriver(opening=gone))
    fresh.source._lose(Lost("401", slowly=True))
    assert fresh.source._pause == pytest.approx(0.1)


def test_jitter_stays_within_its_limits() -> None:
    camera = Camera(lambda: ScriptedDriver(opening=gone))
    pauses = []
    for _ in range(50):
        camera.source._lose(Lost("gone"))
        pauses.append(camera.source._pause)
    assert len(set(pauses)) > 10
    assert all(0.05 <= pause <= 0.1 for pause in pauses[3:])  # the first few are still growing


def test_the_newest_frame_wins() -> None:
    with Camera(lambda: ScriptedDriver(fps=200)) as camera:
        first = camera.read(1)[0]
        time.sleep(0.5)
        held, following = camera.read(2)
    assert held.index - first.index > 5  # what came meanwhile is gone, and seen to be
    assert following.index > held.index
    assert number_of(held.image) == held.index % 25


def test_without_a_live_picture_every_frame_counts_and_a_loss_is_an_error() -> None:
    with Camera(lambda: ScriptedDriver(30, fps=0), live=False) as camera:
        indices = []
        for _ in range(30):
            time.sleep(0.002)
            indices += [frame.index for frame in camera.read(1)]
        assert indices == list(range(30))
        assert camera.source.read() is None
        assert camera.source.status().state == "ended"
    with Camera(lambda: ScriptedDriver(3, gone), live=False) as camera, pytest.raises(SourceError, match="gone"):
        camera.read(5)
