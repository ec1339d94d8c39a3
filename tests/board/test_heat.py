"""The heat model, against what was measured and published of real boards."""

from __future__ import annotations

import pytest

from edgedet.board.heat import PI_4, Heat
from tests.governor.plant import course


def at(heat: Heat, seconds: int, busy: float) -> float:
    for _ in range(seconds):
        heat.advance(1, busy)
    return heat.celsius


def test_it_warms_up_and_cools_down_as_a_board_did() -> None:
    """nschloe/stressberry, rpi4b-stock.dat: 46.6 C idle, then five minutes of stress, then a pause."""
    heat, stress = Heat(PI_4, 46.6 - 26), 26.4 / 10 / 0.95
    measured = {10: 56.5, 30: 60.3, 60: 63.5, 120: 67, 300: 72}
    gone = 0
    for seconds, celsius in measured.items():
        assert at(heat, seconds - gone, stress) == pytest.approx(celsius, abs=1.5), seconds
        gone = seconds
    gone = 0
    for seconds, celsius in {10: 62.5, 30: 57.5, 60: 55, 145: 51}.items():
        assert at(heat, seconds - gone, 0) == pytest.approx(celsius, abs=1.5), seconds
        gone = seconds


def test_the_firmware_holds_it_where_it_held_a_board() -> None:
    """element14: TensorFlow Lite on a bare board at 23.4 C stayed at 81.5 to 82.5 C."""
    heat = Heat(PI_4, 23.4)
    assert at(heat, 3600, 4) == pytest.approx(82, abs=1)
    assert 600 < heat.mhz < 1500
    assert heat.bits == 0x80008, "a Raspberry Pi 4 says soft limit, now and since boot (documentation issue 2546)"


def test_a_warmer_room_costs_what_it_cost_a_board() -> None:
    """Benoit-Cattin et al. 2020 (arXiv 2010.06291): up to 27.7 % of the throughput between 22 and 36 C."""
    cool, warm = course(22, 60).inferences, course(36, 60).inferences
    assert 1 - warm / cool == pytest.approx(0.277, abs=0.03)


def test_the_hard_limit() -> None:
    heat = Heat(PI_4, 70)
    at(heat, 600, 4)
    assert heat.celsius > 85
    assert heat.mhz == 600
    assert heat.bits & 0b110 == 0b110
    heat.room = 0
    at(heat, 1200, 0)
    assert heat.mhz == 1500
    assert heat.bits == 0xE0000, "since boot it remembers"
