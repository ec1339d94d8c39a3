from __future__ import annotations

import json
import logging
import time
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from edgedet.config.drift import DriftConfig
from edgedet.drift.camera import CameraDrift
from edgedet.drift.folder import DriftFolder
from edgedet.types import Detections, Frame, FrameResult
from tests.drift import timelapse
from tests.drift.scene import film
from tests.drift.timelapse import LABELS, Lapse

QUICK = DriftConfig(enabled=True, every=300, window=1500, learn=2)


@pytest.fixture(autouse=True)
def seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelapse, "EVERY", 300.0)


def people(score: float) -> Detections:
    """Six of them, whose scores vary."""
    scores = np.clip(np.sort(score + np.linspace(-0.1, 0.1, 6))[::-1], 0, 1).astype(np.float32)
    boxes = np.array([[10 + 40 * i, 50, 40 + 40 * i, 150] for i in range(6)], np.float32)
    return Detections(boxes, scores, np.zeros(6, np.int32), LABELS)


def test_a_changed_picture_is_told_once_in_words(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lapse = Lapse.begin(tmp_path, QUICK)
    lapse.play(film(), 2.5)
    half = lapse.now
    assert not lapse.news
    lapse.play(tuple(map(timelapse.darker, film())), 0.3)
    ((when, text),) = lapse.changed()
    assert when - half <= timedelta(seconds=3 * QUICK.window)
    assert "darker (mean " in text
    report = lapse.drift.report()
    assert report["drift"] > 0.5
    assert report["changed"] is not None
    (line,) = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert line.startswith("yard: the picture has changed since 20")
    assert line.endswith('look at the lens or the mounting, or accept it with "edgedet drift accept yard"')

    # what was accepted is learned anew, and isn't told any more
    folder = DriftFolder(tmp_path, "yard")
    folder.accept(datetime.fromisoformat(str(folder.changed()["since"])))
    lapse.play(tuple(map(timelapse.darker, film())), 0.2)
    assert lapse.drift.report()["changed"] is None
    assert lapse.drift.report()["drift"] is None
    assert len(lapse.news) == 1


def test_it_goes_on_after_a_restart_in_the_middle_of_the_day(tmp_path: Path) -> None:
    lapse = Lapse.begin(tmp_path, QUICK)
    lapse.play(film(), 2.3)
    lapse.drift.close()
    again = Lapse.begin(tmp_path, QUICK)
    again.index = lapse.index
    again.play(film(), 0.2)
    again.drift.close()
    day = DriftFolder(tmp_path, "yard").load(again.now.date())
    assert sum(hour.results for hour in day.values()) == round(0.5 * 86400 / timelapse.EVERY)
    assert not again.news
    assert again.drift.report()["drift"] < 0.5


def test_scores_that_fall_are_told_of(tmp_path: Path) -> None:
    lapse = Lapse.begin(tmp_path, QUICK)
    lapse.play(film(), 2.5, lambda at: people(0.7 + 0.005 * (at % 5)))
    lapse.play(film(), 0.5, lambda at: people(0.4 + 0.005 * (at % 5)))
    (told,) = lapse.changed()
    assert "scores of person lower (median 0.7" in told[1]
    assert "darker" not in told[1]


def test_a_disk_that_is_full_costs_the_statistics_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "drift").write_text("in the way")
    lapse = Lapse.begin(tmp_path, QUICK)
    lapse.play(film(), 0.1)
    assert "drift: " in caplog.text
    assert lapse.drift.report()["drift"] is None


def test_old_days_go(tmp_path: Path) -> None:
    folder = DriftFolder(tmp_path, "yard")
    old = timelapse.BEGIN.date() - timedelta(days=40)
    folder.save(old, {})
    Lapse.begin(tmp_path, QUICK).play(film(), 0.01)
    assert old not in folder.days()


def test_a_damaged_day_is_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lapse = Lapse.begin(tmp_path, QUICK)
    lapse.play(film(), 0.1)
    lapse.drift.close()
    (path,) = (tmp_path / "drift" / "yard").glob("20*.json")
    for damage in ("{", "[]", '{"version": 1}', json.dumps({"version": 1, "hours": {"3": {"frames": 1}}})):
        path.write_text(damage)
        assert DriftFolder(tmp_path, "yard").load(timelapse.BEGIN.date()) == {}
    assert "can't be read" in caplog.text


def test_a_result_costs_microseconds(tmp_path: Path) -> None:
    drift = CameraDrift(DriftFolder(tmp_path, "yard"), DriftConfig(every=600, window=3600), lambda _: None)
    found = people(0.7)
    frames = [
        Frame(film()[0], n, n / 30, n / 30, n / 30, timelapse.BEGIN + timedelta(seconds=n / 30), "test:")
        for n in range(3000)
    ]
    results = [FrameResult(frame, found, camera="yard") for frame in frames]
    drift.see(results[0])  # a picture is measured, and files are looked for
    began = time.process_time()
    for result in results[1:]:
        drift.see(result)
    assert (time.process_time() - began) / len(results) < 50e-6
