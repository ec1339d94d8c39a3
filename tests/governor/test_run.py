"""``edgedet run`` on a board that is too hot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgedet.errors import ConfigError
from edgedet.settings import load
from tests.e2e.program import assert_refused, edgedet, running

SETTINGS = """
[governor]
board = "simulated:{room}"
dwell = 1
floor_fps = 2
[mjpeg]
enabled = false
"""


def test_a_hot_board_is_looked_at_less_and_that_is_said(tmp_path: Path) -> None:
    file, report = tmp_path / "edgedet.toml", tmp_path / "report.json"
    file.write_text(SETTINGS.format(room=70))
    with running(tmp_path, "--config", file, "--report", report, "--threads", 2) as program:
        program.wait_for(r"governor: Raspberry Pi 4 Model B \(simulated\) is kept below 76 C, with 2 frames a second")
        first = program.wait_for(r"governor: (\d+\.\d) C, to stay below 76 C: .*at most (\d+\.\d) frames a second", 30)
        assert float(first[1]) > 76
        program.wait_for("starter-256-int8", 30)
        program.wait_for("nothing left to hold back at 2 frames a second", 60)
        program.process.terminate()
        assert program.process.wait(15) == 0, program.text()
    facts = json.loads(report.read_text())
    governor = facts["services"]["governor"]
    assert (governor["most_fps"], facts["most_fps"]) == (2, 2)
    assert governor["level"] == governor["levels"] - 1 > 1
    assert governor["celsius"] > 76
    assert governor["complaints"] is not None
    assert facts["fps"]["detect"] < 4
    assert facts["model"].endswith("starter-256-int8.tflite")
    assert (facts["threads"], governor["errors"]) == (1, 0)


def test_a_board_that_there_isnt_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "edgedet.toml"
    file.write_text('[governor]\nboard = "toaster"\n')
    assert_refused(edgedet("run", "--config", file, "--governor", "on"), "governor.board: toaster", "simulated:35")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("limit = 82", "governor.limit: 82 is not a number from 40 to 79"),
        ('enabled = "maybe"', "is not one of auto, on, off"),
        ("most_fps = 2", "floor_fps: 3 is more than most_fps allows, 2; lower one, or raise the other"),
    ],
)
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, line: str, words: str) -> None:
    file = tmp_path / "edgedet.toml"
    file.write_text(f"[governor]\n{line}\n")
    with pytest.raises(ConfigError, match=words):
        load({}, {}, file)
