"""A projection to a board never promises more than the board's own invoke, and README shows what the figures give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.bench.projection import CORES, FLOOR, PUBLISHED, projected_fps, read, table
from tests.places import ROOT


@given(some.floats(0.5, 1), some.floats(1, 3), some.integers(1, 4))
def test_no_faster_than_the_invoke_nor_than_the_cores(ratio: float, cpu_to_invoke: float, threads: int) -> None:
    for each in PUBLISHED:
        fps = projected_fps(each.invoke_ms, threads, ratio, cpu_to_invoke)
        taken = each.invoke_ms[threads - 1]
        assert fps <= 1e3 / taken * (1 + 1e-9)
        busy = threads * taken + (cpu_to_invoke - 1) * each.invoke_ms[0]
        assert fps * busy / 1e3 <= CORES * (1 + 1e-9)


def test_a_pipeline_that_costs_nothing_is_the_invoke() -> None:
    assert projected_fps((100, 60), 2, 1, 1) == pytest.approx(1e3 / 60)


def test_readme_shows_it() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [line for line in table(read(FLOOR)) if line not in readme]
    assert not missing, f"python -m tests.bench.projection says otherwise: {missing}"
