from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edgedet.drift.alarm import CALM
from edgedet.drift.finding import Finding
from edgedet.drift.folder import DriftFolder
from edgedet.drift.history import days_before, spans_of
from edgedet.drift.hour import Hour
from edgedet.drift.standing import Standing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)
DARK, LIGHT = [Finding("brightness", 112, 31, 81, 20)], [Finding("brightness", 112, 112, 0, 20)]


def darken(standing: Standing) -> list[str | None]:
    return [standing.hear(DARK, NOON + n * TEN, NOON + (n + 1) * TEN) for n in range(3)]


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    folder = DriftFolder(tmp_path, "yard")
    assert darken(Standing(folder)) == [None, "begin", None]
    again = Standing(folder)
    assert (again.since, again.text) == (NOON, "darker (mean 112 -> 31)")
    assert darken(again) == [None] * 3
    assert [again.hear(LIGHT, NOON, NOON + 6 * TEN) for _ in range(CALM)][-1] == "end"
    assert Standing(folder).since is None
    assert spans_of(folder.changed()) == [(NOON, NOON + 6 * TEN)]


def test_hours_that_had_changed_are_compared_with_by_nobody(tmp_path: Path) -> None:
    folder = DriftFolder(tmp_path, "yard")
    folder.save(NOON.date(), {hour: Hour() for hour in range(24)})
    spans = [(NOON + TEN, NOON + timedelta(hours=2, minutes=10))]
    tomorrow = NOON.date() + timedelta(days=1)
    ((_, hours),) = days_before(folder, tomorrow, 14, None, spans)
    assert sorted(set(range(24)) - set(hours)) == [12, 13, 14]
    ((_, hours),) = days_before(folder, tomorrow, 14, NOON + TEN, spans)
    assert sorted(hours) == list(range(13, 24))  # accepted from then on
    assert days_before(folder, tomorrow + timedelta(days=20), 14, None, spans) == []


def test_what_is_accepted_is_no_change(tmp_path: Path) -> None:
    folder = DriftFolder(tmp_path, "yard")
    standing = Standing(folder)
    darken(standing)
    assert not standing.accept()
    folder.accept(NOON)
    assert standing.accept()
    assert standing.since is None
    assert not standing.accept()
    assert folder.changed()["since"] is None


def test_accepted_while_nothing_ran(tmp_path: Path) -> None:
    folder = DriftFolder(tmp_path, "yard")
    darken(Standing(folder))
    folder.accept(NOON)
    assert Standing(folder).since is None


def test_a_full_disk_keeps_nobody_from_being_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "drift").write_text("in the way")
    assert darken(Standing(DriftFolder(tmp_path, "yard"))) == [None, "begin", None]
    assert "can't be written" in caplog.text
