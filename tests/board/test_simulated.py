"""The simulated board: the same interface as a real one, through the same files."""

from __future__ import annotations

from pathlib import Path

import pytest

from edgedet import board
from edgedet.board.real import RealBoard
from edgedet.board.simulated import LiveBoard, SimulatedBoard


@pytest.mark.parametrize("kernel_file", [True, False])
def test_it_is_read_like_a_real_one(tmp_path: Path, kernel_file: bool) -> None:
    simulated = SimulatedBoard(35, folder=tmp_path, kernel_file=kernel_file)
    simulated.advance(600, 4)
    reading = simulated.read()
    assert reading.celsius == pytest.approx(simulated.heat.celsius, abs=0.25)
    assert reading.mhz == pytest.approx(simulated.heat.mhz, abs=0.01)
    assert reading.mhz is not None
    assert reading.mhz < 1200
    assert reading.bits == 0x80008
    assert RealBoard(tmp_path, simulated.vcgencmd).read() == reading
    assert board.temperature(tmp_path) == pytest.approx(reading.celsius)
    assert board.throttled(tmp_path) == (
        ("soft temperature limit", "soft temperature limit since boot") if kernel_file else None
    )


def test_its_command(tmp_path: Path) -> None:
    simulated = SimulatedBoard(25, folder=tmp_path)
    simulated.undervoltage = True
    assert simulated.vcgencmd(("get_throttled",)) == "throttled=0x10001\n"
    assert simulated.vcgencmd(("measure_clock", "arm")) == "frequency(0)=1500000000\n"
    assert float(simulated.vcgencmd(("measure_temp",)).removeprefix("temp=").removesuffix("'C\n")) == pytest.approx(
        51, abs=0.5
    )
    with pytest.raises(OSError, match="unknown"):
        simulated.vcgencmd(("display_power", "0"))


def test_a_live_one_warms_up_as_the_process_works() -> None:
    now = [0.0]
    live = LiveBoard(25, lambda: now[0])
    try:
        before = live.heat.celsius
        sum(number * number for number in range(400_000))
        now[0] += 0.05  # no more time has passed than was spent
        live.read()
        assert live.heat.celsius > before
    finally:
        live.close()
    assert not live.root.exists()
