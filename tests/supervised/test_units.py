"""What can be said of the units without booting a system: see tests/testbed/test_systemd.py for the rest."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.places import ROOT

UNITS = ROOT / "systemd"
NAMES = ("edgedet.service", "edgedet@.service")


def values(text: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def test_the_units_differ_in_names_alone() -> None:
    one, other = ((UNITS / name).read_text().splitlines() for name in NAMES)
    assert len(one) == len(other)
    for line, theirs in zip(one, other, strict=True):
        if not line.startswith("#") and line != theirs:
            assert theirs.replace("-%i", "").replace(" %i", "").replace("/%i.toml", "/edgedet.toml") == line


@pytest.mark.parametrize("name", NAMES)
def test_the_stop_is_given_the_time_that_films_take(name: str) -> None:
    from edgedet.app import STOP_WITHIN
    from edgedet.events.keeping import FINISH_FILM, SETTLE

    (seconds,) = values((UNITS / name).read_text(), "TimeoutStopSec")
    assert float(seconds) > SETTLE + FINISH_FILM + 2 * STOP_WITHIN


@pytest.mark.parametrize("name", NAMES)
def test_the_start_is_given_longer_than_a_camera_is_waited_for(name: str) -> None:
    from edgedet.supervised.service import EXTENDS, WAITS

    (seconds,) = values((UNITS / name).read_text(), "TimeoutStartSec")
    assert float(seconds) >= WAITS + EXTENDS


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd isn't installed: apt install systemd")
@pytest.mark.parametrize("name", NAMES)
def test_exposure_is_at_most_2_5(name: str) -> None:
    command = ["systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=25", str(UNITS / name)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
