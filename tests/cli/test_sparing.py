"""A broken thing doesn't fill the log."""

from __future__ import annotations

import logging

import pytest

from edgedet.cli.logs.sparing import KEPT, MOST, Sparing


class Said(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Bench:
    """A logger, its clock and what came out."""

    def __init__(self) -> None:
        self.now, self.said = 0.0, Said()
        self.log = logging.Logger("bench")
        self.sparing = Sparing(self.said, lambda: self.now)
        self.log.addHandler(self.sparing)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_line_that_repeats_itself_is_counted_after_a_while(bench: Bench) -> None:
    for number in range(MOST + 57):
        bench.log.warning("no frame for %d s", number)
    assert len(bench.said.lines) == MOST
    bench.now = 61
    bench.log.info("something else")
    assert bench.said.lines[MOST:] == [f"no frame for {MOST + 56} s (said 57 times more)", "something else"]
    bench.log.warning("no frame for 1 s")
    assert bench.said.lines[-1] == "no frame for 1 s"


def test_different_lines_pass(bench: Bench) -> None:
    for number in range(100):
        bench.log.info("%d fps", number)  # a status line a second is what somebody asked for
        bench.log.debug("the same")
    for letter in "abcdefghijklmnopqrstuvwxyz":
        bench.log.warning("%s", letter)
    assert len(bench.said.lines) == 226


def test_the_rest_is_said_at_the_end(bench: Bench) -> None:
    for _ in range(MOST + 2):
        bench.log.error("again")
    bench.sparing.close()
    assert bench.said.lines[-1] == "again (said 2 times more)"
    assert len(bench.said.lines) == MOST + 1


def test_it_counts_so_many_different_lines_and_no_more(bench: Bench) -> None:
    for number in range(3 * KEPT):
        bench.log.info("line %d", number)
    assert len(bench.said.lines) == 3 * KEPT
    assert len(bench.sparing._lines) <= KEPT


def test_a_line_with_the_wrong_arguments_is_somebody_elses_trouble(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    class Plain(logging.StreamHandler):  # type: ignore[type-arg]
        pass

    bench.log.handlers = [Sparing(Plain())]
    bench.log.warning("%d", "x")
    assert "Logging error" in capsys.readouterr().err
