"""The governor around its law: what it pulls, what it says, what it does when something fails."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from edgedet.config.governor import GovernorConfig
from edgedet.governor.ladder import Rung
from tests.governor.heat import courses
from tests.governor.plant import PlantLevers, course, real_rungs

BIG = (Rung(None, 4), Rung(None, 2, 0.8, 2.0))


def lines(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= level]


def test_an_hour_left_to_the_firmware_and_governed() -> None:
    """The three figures of README.md, and the one that is less pleasant."""
    alone, governed, quick = courses().values()
    assert alone.hottest > 80
    assert min(alone.mhz) < 1100, "the firmware holds the clock down"
    for each in (governed, quick):
        assert each.hottest < 78
        assert min(each.mhz) == 1500, "it never had to"
        assert min(each.fps[-600:]) >= 3
    assert quick.inferences > 1.2 * alone.inferences, "with the smaller model"
    assert governed.small == 0
    assert 0.6 < governed.inferences / alone.inferences < 1, "with the same model a cooler board detects less"


def test_through_its_files_the_board_behaves_the_same() -> None:
    config = GovernorConfig()
    quick, files = (course(35, 3, config, real_rungs(), files=each) for each in (False, True))
    assert files == quick


def test_each_step_is_one_line_with_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    seen = course(35, 10, GovernorConfig(floor_fps=10), real_rungs())
    said = [line for line in lines(caplog) if "frames a second" in line]
    steps = sum(one != other for one, other in zip(seen.levels, seen.levels[1:], strict=False))
    assert len(said) == steps + 1, "the first says what it is set to"
    assert "kept below 76 C, with 10 frames a second or more; then with starter-256-int8" in said[0]
    assert any("to stay below 76 C: starter-256-int8" in line for line in said)


def test_it_goes_back_up_when_it_is_cool_again() -> None:
    levers = PlantLevers()
    seen = course(35, 40, GovernorConfig(), BIG, levers=levers, later=(600, 0.0))
    assert seen.levels[599] > 3
    assert (seen.levels[-1], levers.most_fps, levers.rung) == (0, 0.0, BIG[0])


def test_what_the_user_holds_stays_held() -> None:
    levers = PlantLevers()
    levers.most_fps = 6
    course(20, 10, GovernorConfig(most_fps=6), BIG, levers=levers)
    assert levers.most_fps == 6


def test_a_model_that_cant_be_had_is_done_without() -> None:
    small = Rung(Path("small.tflite"), 4, 0.4, 0.4)
    levers = PlantLevers(broken=[small])
    seen = course(35, 15, GovernorConfig(floor_fps=10), (Rung(None, 4), small), levers=levers)
    assert levers.rung == Rung(None, 4)
    assert seen.fps[-1] == pytest.approx(10)
    assert seen.small == 0


def test_at_the_end_of_the_ladder_it_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    course(60, 15, GovernorConfig(), BIG)
    said = [line for line in lines(caplog, logging.WARNING) if "nothing left to hold back" in line]
    assert len(said) == 1
    assert "cool the board" in said[0]


def test_undervoltage_is_said_and_less_is_drawn(caplog: pytest.LogCaptureFixture) -> None:
    seen = course(5, 10, GovernorConfig(), BIG, undervoltage=range(120, 180))
    assert max(seen.levels[:120]) == 0
    assert max(seen.levels) >= 5
    assert seen.fps[185] < seen.fps[110] / 1.5
    assert seen.levels[-1] < max(seen.levels), "it comes back when the supply is well again"
    said = [line for line in lines(caplog, logging.WARNING) if "undervoltage" in line]
    assert len(said) == 1
    assert "use the power supply" in said[0]


def test_a_board_that_is_hot_by_itself_isnt_blamed_on_detection(caplog: pytest.LogCaptureFixture) -> None:
    levers = PlantLevers()
    seen = course(70, 5, GovernorConfig(), BIG, busy_from=1e9, levers=levers)
    assert set(seen.levels) == {0}
    assert levers.most_fps == 0
    said = lines(caplog, logging.WARNING)
    assert len(said) == 1
    assert "floor_fps" not in said[0]


def test_a_model_that_cant_be_had_again_doesnt_confuse_it() -> None:
    """On its way up from the smaller model, half the threads of the configured one can't be had."""
    small, half = Rung(Path("small.tflite"), 4, 0.4, 0.4), Rung(None, 2, 0.8, 2.0)
    levers = PlantLevers()
    seen = course(45, 50, GovernorConfig(floor_fps=5), (Rung(None, 4), half, small), levers=levers, later=(900, -20.0))
    assert levers.rung == Rung(None, 4)
    assert seen.small > 300
    refusing = PlantLevers(broken=[half])
    seen = course(
        45, 50, GovernorConfig(floor_fps=5), (Rung(None, 4), half, small), levers=refusing, later=(900, -20.0)
    )
    assert (refusing.rung, refusing.most_fps, seen.levels[-1]) == (Rung(None, 4), 0, 0)
