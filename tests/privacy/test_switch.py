from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edgedet.errors import ConfigError, OutputError
from edgedet.privacy.switch import PrivacySwitch, state_folder


def test_it_is_off_before_anybody_touched_it(tmp_path: Path) -> None:
    assert not PrivacySwitch(tmp_path / "never made").is_on("front")
    assert list(tmp_path.iterdir()) == []


def test_each_camera_has_its_own_and_there_is_one_for_all(tmp_path: Path) -> None:
    switch = PrivacySwitch(tmp_path)
    switch.turn(True, "front")
    assert [switch.is_on(name) for name in ("front", "back")] == [True, False]
    switch.turn(True)
    assert [switch.is_on(name) for name in ("front", "back")] == [True, True]
    with pytest.raises(ConfigError, match="front: the switch for all cameras is on; turn that off"):
        switch.turn(False, "front")
    switch.turn(False)
    assert [switch.is_on(name) for name in ("front", "back")] == [False, False]
    switch.turn(False)


def test_another_process_sees_it_at_once_and_after_a_restart(tmp_path: Path) -> None:
    switch = PrivacySwitch(tmp_path)
    program = (
        "import sys; from pathlib import Path; from edgedet.privacy.switch import PrivacySwitch; "
        "PrivacySwitch(Path(sys.argv[1])).turn(sys.argv[2] == 'on')"
    )
    for word, on in (("on", True), ("off", False)):
        subprocess.run([sys.executable, "-c", program, str(tmp_path), word], check=True)
        assert switch.is_on("front") is on
        assert PrivacySwitch(tmp_path).is_on("front") is on


def test_it_tells_since_when(tmp_path: Path) -> None:
    switch = PrivacySwitch(tmp_path)
    switch.turn(True, "front")
    switch.turn(True, "front")
    since = switch.status(["front", "back"])
    assert since["front"] is not None
    assert abs(since["front"].timestamp() - time.time()) < 10
    assert since["back"] is None


def test_a_disk_that_vanishes_doesnt_let_the_camera_see(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "stick"
    switch = PrivacySwitch(folder)
    switch.turn(True, "front")
    assert switch.is_on("front")
    assert not switch.is_on("back")
    shutil.rmtree(folder)
    with caplog.at_level(logging.ERROR):
        assert [switch.is_on("front") for _ in range(3)] == [True] * 3
    assert len(caplog.records) == 1
    assert "privacy stays on" in caplog.text
    assert not switch.is_on("back")


def test_a_folder_that_cant_be_read_counts_as_on(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert PrivacySwitch(file).is_on("front")
    with pytest.raises(OutputError, match="can't be written"):
        PrivacySwitch(file).turn(True)


def test_asking_is_cheap(tmp_path: Path) -> None:
    switch = PrivacySwitch(tmp_path)
    switch.turn(True, "back")
    start = time.perf_counter()
    for _ in range(200):
        switch.is_on("front")
    assert (time.perf_counter() - start) / 200 < 1e-3


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert state_folder(tmp_path) == tmp_path
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert state_folder(None) == tmp_path / "state" / "edgedet"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_folder(None) == Path(os.environ["HOME"]) / ".local" / "state" / "edgedet"
