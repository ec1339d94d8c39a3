"""What a target's run does where libFuzzer would give up, or not end."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from tests.fuzz.session import Outcome, _dictionary, _ended, _note


def test_without_words_there_is_no_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "words.dict"
    assert _dictionary(path, ()) == []
    assert _dictionary(path, (b'a"\xff',)) == [f"-dict={path}"]
    assert path.read_text() == '"a\\x22\\xff"\n'


def test_a_process_that_goes_on_is_killed(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert _ended([sys.executable, "-c", "import time; time.sleep(60)"], log, 0.3) == -signal.SIGKILL
        assert _ended([sys.executable, "-c", "raise SystemExit(77)"], log, 60) == 77


def test_what_ends_a_process_is_counted() -> None:
    outcome = Outcome("toml")
    _note(outcome, "#9 cov: 5 ft: 7\nERROR: libFuzzer: timeout after 5 seconds\nstat::number_of_executed_units: 9", 70)
    _note(outcome, "#9 cov: 8 ft: 9\nDone 5 runs in 2 second(s)\nstat::number_of_executed_units: 5", 0)
    _note(outcome, "Traceback", 1)
    assert (outcome.cases, outcome.seconds, outcome.began, outcome.coverage) == (14, 2, 5, 8)
    assert (outcome.hangs, outcome.crashes) == (1, 1)
