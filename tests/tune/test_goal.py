"""A goal, as people write it, and the setting that meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.errors import ConfigError
from edgedet.tune.choice import Rated, choose, rate, settings_of
from edgedet.tune.goal import Goal, parse_goal
from edgedet.tune.kin import Kin
from edgedet.tune.sweep import Figures


def figures(
    name: str = "big", threads: int = 2, fps: float = 20, cpu_ms: float = 100, latency: float = 50,
    accuracy: float | None = 0.8,
) -> Figures:  # fmt: skip
    return Figures(Kin(name, Path(name), accuracy=accuracy), threads, 3, fps, cpu_ms, latency, None)


def chosen(goal: str, *measured: Figures, cores: int = 4) -> Rated:
    return choose([rate(each, parse_goal(goal), cores) for each in measured])


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("cpu<=60,fps>=5", Goal(5, 60)),
        (" fps >= 2.5 ", Goal(2.5)),
        ("latency≤80,cpu≤50", Goal(None, 50, 80)),
    ],
)
def test_goals(text: str, goal: Goal) -> None:
    assert parse_goal(text) == goal
    assert parse_goal(str(goal)) == goal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing: not understood"),
        ("fps", "write it like cpu<=60"),
        ("cpu>=60", "write cpu<=60"),
        ("fps<=5", "write fps>=5"),
        ("fps>=5,fps>=6", "twice"),
        ("cpu<=0", "give more"),
        ("cpu<=1e9", "not understood"),
        ("ram<=5", "not understood"),
    ],
)
def test_goals_that_make_no_sense(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse_goal(text)


def test_the_most_accurate_that_meets_it_is_chosen() -> None:
    big, small = figures(), figures("small", fps=60, cpu_ms=30, accuracy=0.4)
    assert chosen("cpu<=60,fps>=5", small, big).figures is big
    assert chosen("cpu<=60,fps>=25", small, big).figures is small
    assert (
        chosen("latency<=40", figures(latency=41), figures("quick", latency=39, accuracy=None)).figures.kin.name
        == "quick"
    )


def test_of_equals_the_one_that_takes_the_least() -> None:
    four, one = figures(threads=4, cpu_ms=150, fps=25), figures(threads=1, cpu_ms=90, fps=11)
    assert chosen("cpu<=60,fps>=5", four, one).figures is one


def test_processor_time_bounds_the_rate_that_is_written() -> None:
    found = chosen("cpu<=30,fps>=5", figures(fps=20, cpu_ms=100))  # 4 cores: a frame a second is 2.5 %
    assert (found.fps, found.cpu, found.held, found.meets) == (12, 30, True, True)
    assert settings_of(found) == {"model.path": "big", "model.threads": 2, "governor.most_fps": 12}
    assert settings_of(chosen("fps>=5", figures()))["governor.most_fps"] == 0


def test_what_comes_nearest() -> None:
    found = chosen("fps>=100", figures(fps=20), figures("small", fps=60))
    assert (found.figures.kin.name, found.meets) == ("small", False)
    assert found.share == pytest.approx(0.6)


positive = st.floats(0.5, 500)


@given(positive, positive, positive, positive, st.integers(1, 16))
def test_what_is_written_keeps_the_bounds(fps: float, cpu_ms: float, least: float, most: float, cores: int) -> None:
    found = rate(figures(fps=fps, cpu_ms=cpu_ms), Goal(least, most), cores)
    written = settings_of(found)["governor.most_fps"]
    assert isinstance(written, (int, float))
    assert found.cpu <= most * 1.001
    assert found.fps <= fps
    if found.held and found.fps > 0.1:
        assert 0 < written <= found.fps
    assert found.meets == (found.fps >= least)
