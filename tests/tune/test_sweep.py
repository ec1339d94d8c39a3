"""Settings measured in turns."""

from __future__ import annotations

from edgedet.board.simulated import SimulatedBoard
from edgedet.capture import Source
from edgedet.inference.detector import Detector
from edgedet.tune.kin import Kin
from edgedet.tune.sweep import FEWEST, Trial, figures, sweep
from tests.drivers import PictureSource, blank
from tests.places import ROOT

SMALL = ROOT / "models/starter-256-int8.tflite"


def source() -> Source:
    return PictureSource(blank())


def trials(count: int) -> list[Trial]:
    detector = Detector(SMALL, threads=1)
    return [Trial(Kin(str(number), SMALL), number, detector) for number in range(count)]


def test_each_has_its_turn_even_when_time_is_short() -> None:
    board, made = SimulatedBoard(25), trials(2)
    try:
        assert list(sweep(made, source, board, 0.01)) == [1, 2]
    finally:
        board.close()
    one, other = figures(made)
    for each in (one, other):
        assert each.turns == 1
        assert each.fps > 0
        assert 0 < each.latency_ms < 1000
        assert each.cpu_ms > 0
        assert each.rise == 0, "this board's time stands still"
    assert made[0].frames == FEWEST


def test_turns_go_round_and_what_had_none_is_left_out() -> None:
    board, made, now = SimulatedBoard(25), trials(2), iter([0.0, 1.0, 99.0])
    try:
        measured = sweep(made, source, board, 2.0, lambda: next(now))
        next(measured)
        assert [each.kin.name for each in figures(made)] == ["0"]
        assert list(measured) == [2, 3]
    finally:
        board.close()
    assert [each.turns for each in figures(made)] == [2, 1]
