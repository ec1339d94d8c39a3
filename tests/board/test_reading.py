"""The board's own words, from a tree like the Pi's /sys."""

from __future__ import annotations

from pathlib import Path

from edgedet import board


def test_a_pi(tmp_path: Path) -> None:
    for zone, value in (("thermal_zone0", "48312\n"), ("thermal_zone1", "51000\n"), ("thermal_zone2", "junk")):
        (tmp_path / "sys/class/thermal" / zone).mkdir(parents=True)
        (tmp_path / "sys/class/thermal" / zone / "temp").write_text(value)
    firmware = tmp_path / "sys/devices/platform/soc/soc:firmware"
    firmware.mkdir(parents=True)
    (firmware / "get_throttled").write_text("50005\n")
    assert board.temperature(tmp_path) == 51.0
    words = ("undervoltage", "throttled", "undervoltage since boot", "throttled since boot")
    assert board.throttled(tmp_path) == words
    (firmware / "get_throttled").write_text("0\n")
    assert board.throttled(tmp_path) == ()


def test_a_board_that_says_nothing(tmp_path: Path) -> None:
    assert board.temperature(tmp_path) is None
    assert board.throttled(tmp_path) is None
