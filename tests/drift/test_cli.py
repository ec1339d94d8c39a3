from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from edgedet.cli import cli
from edgedet.drift.folder import DriftFolder
from edgedet.drift.hour import Hour, Window
from edgedet.drift.measure import measure
from edgedet.errors import ConfigError
from tests.drift import timelapse
from tests.drift.scene import scene

TODAY = datetime(2026, 3, 9, tzinfo=UTC).date()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Five days of a camera, the last of them dark."""
    folder = DriftFolder(tmp_path / "events", "yard")
    bright, dark = measure(scene()), measure(timelapse.darker(scene()))
    for back in range(5):
        window = Window(36000)
        for _ in range(10):
            window.add(bright if back else dark)
        folder.save(TODAY - timedelta(days=back), {10: Hour(600, 590, 60, windows=[window], edges=window.edges)})
    file = tmp_path / "edgedet.toml"
    file.write_text(
        '[storage]\npath = "events"\n[drift]\nenabled = true\n[[camera]]\nname = "yard"\nsource = { uri = "demo:" }\n'
    )
    return file


def call(*arguments: object) -> str:
    return str(CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False).output)


def test_the_days_are_shown_with_what_has_changed(settings: Path) -> None:
    (days,) = json.loads(call("drift", "show", "--config", settings, "--json").splitlines()[-1]).values()
    assert [each["drift"] is None for each in days] == [True] * 3 + [False] * 2
    assert days[3]["drift"] < 0.1
    assert days[4]["drift"] > 0.5
    assert days[4]["what"].startswith("darker (mean ")
    assert days[4]["dropped"] == 10
    table = call("drift", "show", "yard", "--config", settings)
    assert "2026-03-09" in table
    assert "darker (mean " in table


def test_what_is_exported_has_all_histograms(settings: Path) -> None:
    lines = [json.loads(line) for line in call("drift", "export", "--config", settings).splitlines() if line[0] == "{"]
    assert len(lines) == 5
    assert Hour.from_dict(lines[0]["hours"]["10"]).pictures == 10


def test_accepting_begins_when_it_changed(settings: Path) -> None:
    folder = DriftFolder(settings.parent / "events", "yard")
    folder.set_changed({"since": "2026-03-09T10:00:00+00:00", "what": "darker", "spans": []})
    assert "accepted as it has been since 2026-03-09T10:00:00" in call("drift", "accept", "yard", "--config", settings)
    assert folder.accepted() == datetime(2026, 3, 9, 10, tzinfo=UTC)
    (days,) = json.loads(call("drift", "show", "--config", settings, "--json").splitlines()[-1]).values()
    assert days[4]["drift"] is None  # nothing left to compare with


def test_a_mistake_is_told(settings: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="back: no such camera; there are yard"):
        call("drift", "show", "back", "--config", settings)
    other = tmp_path / "other.toml"
    other.write_text('[storage]\npath = "elsewhere"\n')
    with pytest.raises(ConfigError, match=r"no statistics in .*; set drift.enabled = true"):
        call("drift", "show", "--config", other)
    other.write_text("[drift]\nwindow = 30\n")
    with pytest.raises(ConfigError, match="fewer than 5 pictures"):
        call("drift", "show", "--config", other)
