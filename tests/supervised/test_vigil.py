"""What stands still, and whether a new start would help."""

from __future__ import annotations

import pytest

from edgedet.capture import SourceStatus
from edgedet.config import CameraConfig, MotionConfig, SourceConfig
from edgedet.supervised.vigil import Vigil
from tests.supervised.porch import Place, Porch

CONFIG = CameraConfig(name="porch", source=SourceConfig(stall_timeout=10), motion=MotionConfig(every=5))
HEAL = 60.0


class Watch:
    """Lets seconds pass, in which some counters advance."""

    def __init__(self, uri: str = "picam:") -> None:
        self.camera = Porch(Place(uri))
        self.vigil = Vigil(self.camera)
        self.now = 1000.0
        self.turn = 0.0

    def passes(self, seconds: int, *advance: str, heal: float = HEAL) -> list[str]:
        """Each second's trouble."""
        said = []
        for _ in range(seconds):
            self.now += 1
            for name in advance:
                if name == "looked":
                    self.camera.looked += 1
                else:
                    getattr(self.camera, name).frames += 1
            said.append(self.vigil.trouble(self.now, CONFIG, heal, self.turn))
        return said

    def state(self, state: str, detail: str = "", reconnects: int = 0) -> None:
        self.camera.place.now = SourceStatus(state, detail, reconnects)


ALL = ("capture", "detect", "looked")


def test_what_advances_is_no_trouble() -> None:
    assert not any(Watch().passes(500, *ALL))


@pytest.mark.parametrize(
    ("advance", "after", "words"),
    [
        ((), 15, "no frame for 16 s, and the source hasn't noticed"),
        (("capture",), 15, "the detector has taken none"),
        (("capture", "detect"), 20, "no inference for 21 s"),
    ],
)
def test_what_stands_still_is_noticed_in_time(advance: tuple[str, ...], after: int, words: str) -> None:
    watch = Watch()
    assert not any(watch.passes(50, *ALL))
    said = watch.passes(after + 1, *advance)
    assert not any(said[:-1])
    assert said[-1].startswith("porch: ")
    assert words in said[-1]
    assert watch.passes(1, *ALL) == [""]


def test_a_slowed_detector_gets_its_time() -> None:
    watch = Watch()
    watch.turn = 30
    watch.passes(5, *ALL)
    assert not any(watch.passes(45, "capture"))
    assert watch.passes(1, "capture") != [""]


def test_switched_off_detection_needs_no_inferences_and_has_its_time_when_on_again() -> None:
    watch = Watch()
    watch.camera.detecting = False
    assert not any(watch.passes(300, "capture", "detect"))
    watch.camera.detecting = True
    assert not any(watch.passes(21, "capture", "detect"))
    assert watch.passes(1, "capture", "detect") != [""]


def test_a_camera_of_the_board_has_to_come_back_in_time_however_often_it_is_opened() -> None:
    watch = Watch()
    watch.passes(10, *ALL)
    for round_ in range(5):  # opened, then silent again: a stall that survives re-opening
        watch.state("open", reconnects=round_)
        assert not any(watch.passes(10))
        watch.state("reconnecting", "no frame for 10 s", round_)
        assert not any(watch.passes(2))
    assert watch.passes(1) == ["porch: no frame for 61 s (no frame for 10 s)"]
    watch.state("open", reconnects=9)
    assert watch.passes(3, *ALL) == ["", "", ""]


def test_never_means_never() -> None:
    watch = Watch()
    watch.state("reconnecting", "unplugged")
    assert not any(watch.passes(1000, heal=0))


@pytest.mark.parametrize("uri", ["rtsp://10.0.0.7/live", "http://10.0.0.7/mjpeg"])
def test_a_network_camera_may_be_away_for_a_day(uri: str) -> None:
    watch = Watch(uri)
    watch.passes(10, *ALL)
    watch.state("reconnecting", "no answer for 10 s")
    assert not any(watch.passes(86400))
    assert watch.vigil.away == "porch is away (no answer for 10 s)"
    watch.state("open", reconnects=1)
    assert not any(watch.passes(100, *ALL))
    assert watch.vigil.away == ""


def test_nothing_is_expected_of_a_private_camera_and_it_has_its_time_to_come_back() -> None:
    watch = Watch()
    watch.passes(10, *ALL)
    watch.camera.private = True
    watch.state("closed")
    assert not any(watch.passes(1000))
    assert watch.vigil.rests
    watch.camera.private = False
    assert not any(watch.passes(60))
    assert watch.passes(2)[-1] != ""


def test_a_film_at_its_end_is_at_rest() -> None:
    watch = Watch("film.mp4")
    watch.passes(10, *ALL)
    watch.state("ended")
    assert not any(watch.passes(1000))
