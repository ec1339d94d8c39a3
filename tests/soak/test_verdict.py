"""A run that keeps to its limits is told from one that doesn't; and the real house, for a short while."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.places import shared
from tests.soak.picture import PANELS, draw
from tests.soak.rests import REST, ROUND
from tests.soak.verdict import judge

LOOKS = 540


def steady() -> dict[str, NDArray[np.float64]]:
    """Ninety minutes of a run at which nothing is to be found fault with."""
    chance = np.random.default_rng(1)
    second = np.arange(LOOKS) * 10.0
    return {
        "second": second,
        "rss_mb": 330 + chance.normal(0, 2, LOOKS),
        "fds": 32 + chance.integers(0, 6, LOOKS).astype(float),
        "threads": 46 + chance.integers(0, 4, LOOKS).astype(float),
        "cpu_s": second * 0.8,
        "store_mb": 90 + chance.normal(0, 2, LOOKS),
        "database_mb": np.full(LOOKS, 5.0),
        "latency_ms": 40 + chance.normal(0, 2, LOOKS),
        "frames": second * 30,
        "least": second * 4,
        "told": second / 10,
    }


def failed(columns: dict[str, NDArray[np.float64]], exit_code: int = 0, log: str = "") -> list[str]:
    return [figure.name for figure in judge(columns, exit_code, log) if not figure.kept]


def test_a_steady_run_keeps_to_all() -> None:
    assert failed(steady()) == []


@pytest.mark.parametrize(
    ("column", "an_hour", "names"),
    [
        ("rss_mb", 12, {"memory, slope"}),
        ("fds", 30, {"open files, drift"}),
        ("threads", 20, {"threads, drift"}),
        ("database_mb", 4, {"database, slope"}),
        ("latency_ms", 160, {"latency, last quarter / second"}),
    ],
)
def test_what_creeps_up_is_found(column: str, an_hour: float, names: set[str]) -> None:
    columns = steady()
    columns[column] = columns[column] + columns["second"] / 3600 * an_hour
    assert set(failed(columns)) == names


def test_visitors_are_no_leak_and_do_not_hide_one() -> None:
    columns = steady()
    visited = columns["second"] % ROUND < REST
    columns["rss_mb"] = columns["rss_mb"] + visited * np.random.default_rng(2).uniform(0, 60, LOOKS)
    assert failed(columns) == []
    columns["rss_mb"] = columns["rss_mb"] + columns["second"] / 3600 * 24
    assert failed(columns) == ["memory, slope"]


def test_a_camera_that_rests_is_found() -> None:
    columns = steady()
    columns["least"] = np.minimum(columns["least"], columns["least"][300])
    assert failed(columns) == ["longest rest of a camera"]


def test_ends_and_tracebacks_count() -> None:
    assert failed(steady(), 1, "Traceback (most recent call last):") == ["tracebacks in the log", "exit code"]


def test_the_picture_has_a_line_for_each(tmp_path: Path) -> None:
    draw(steady(), "ninety minutes", tmp_path / "soak.svg")
    text = (tmp_path / "soak.svg").read_text()
    assert text.count("<polyline") == len(PANELS)


@pytest.mark.slow
def test_the_house_for_three_minutes(tmp_path: Path) -> None:
    from tests.soak.__main__ import soak
    from tests.soak.samples import read

    shared("data/videos/one-by-one-person-detection.mp4")
    code = soak(tmp_path / "house", 3)
    columns = read(tmp_path / "house" / "samples.csv")
    log = (tmp_path / "house" / "stderr.log").read_text()
    short = {"memory, slope", "database, slope", "memory, most"}  # of a warm-up they say nothing
    assert {f.name for f in judge(columns, code, log) if not f.kept} <= short, log
