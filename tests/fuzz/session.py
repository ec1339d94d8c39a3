"""A target's run: one process after the other until its time is up, and what libFuzzer says of them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.fuzz import judge, scratch
from tests.places import ROOT

_MOST_STARTS = 4
_SECONDS, _MEGABYTES = 5, 3000
_LOADING = 180.0  # seconds, for all that a target imports, on a busy machine
_STATE = re.compile(r"cov: (\d+) ft: (\d+)")
_COUNT = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
_LASTED = re.compile(r"Done \d+ runs in (\d+) second")
_MEMORY = re.compile(r"stat::peak_rss_mb:\s*(\d+)")


@dataclass(slots=True)
class Outcome:
    """What came of a target.

    Attributes:
        name: the target.
        cases: inputs it was given.
        seconds: in which it was, as far as its processes ended well.
        began, coverage, features: code edges after the seeds and at the end, and libFuzzer's finer measure of those.
        wrong, crashes, hangs: different findings; a hang is also what needs too much memory.
        slowest: seconds of the slowest case.
        memory: megabytes the process grew to.
        said: a paragraph for each finding.
    """

    name: str
    cases: int = 0
    seconds: int = 0
    began: int = 0
    coverage: int = 0
    features: int = 0
    wrong: int = 0
    crashes: int = 0
    hangs: int = 0
    slowest: float = 0.0
    memory: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        """How many findings there are."""
        return self.wrong + self.crashes + self.hangs


def fuzz(name: str, folder: Path, seconds: float, seed: int) -> Outcome:
    """Run a target for so many seconds; what ends a process is counted, and another goes on in its place.

    Args:
        name: of a module of :mod:`tests.fuzz.targets`.
        folder: for corpus, findings and log.
        seconds: all its processes have together.
        seed: of libFuzzer's random numbers.
    """
    outcome, target = Outcome(name), judge.load(name)
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, content in enumerate(judge.seeds_of(name, target)):
        (corpus / f"seed-{number}").write_bytes(content)
    words = _dictionary(folder / "words.dict", getattr(target, "WORDS", ()))
    ends = time.monotonic() + seconds
    for start in range(_MOST_STARTS):
        left = ends - time.monotonic()
        if left < 2:
            break
        limit = getattr(target, "SECONDS", _SECONDS)
        options = [
            str(corpus), *words, f"-artifact_prefix={folder}/", f"-max_total_time={int(left)}",
            f"-seed={seed + start}", f"-timeout={limit}", f"-rss_limit_mb={_MEGABYTES}", "-print_final_stats=1",
            f"-max_len={getattr(target, 'LONGEST', 4096)}", "-report_slow_units=1000", "-detect_leaks=0",
        ]  # fmt: skip
        command = [sys.executable, "-m", "tests.fuzz.child", name, str(folder), *options]
        with (folder / f"log-{start}.txt").open("wb") as log:
            code = _ended(command, log, left + _LOADING + limit)
        _note(outcome, (folder / f"log-{start}.txt").read_text("utf-8", "replace"), code)
        if code == 0:
            break
    _collect(outcome, folder)
    return outcome


def _ended(command: list[str], log: IO[bytes], patience: float) -> int:
    """The process's exit code; one that doesn't end is killed, and that is a code too: -9."""
    try:
        with tempfile.TemporaryDirectory(prefix="edgedet-fuzz-", dir=scratch.memory()) as place:
            environ = {**os.environ, scratch.WHERE: place}
            return subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, env=environ, timeout=patience
            ).returncode
    except subprocess.TimeoutExpired:
        return -signal.SIGKILL


def _dictionary(path: Path, words: Sequence[bytes]) -> list[str]:
    """The option that names it; none without words: libFuzzer ends at an empty one."""
    path.write_text("".join(f'"{_escaped(word)}"\n' for word in words))
    return [f"-dict={path}"] if words else []


def _escaped(word: bytes) -> str:
    """As libFuzzer's dictionaries want it: printable characters and ``\\xNN``."""
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word)


def _note(outcome: Outcome, log: str, code: int) -> None:
    """What a process's log says."""
    states = _STATE.findall(log)
    if states:
        outcome.began = outcome.began or int(states[0][0])
        outcome.coverage, outcome.features = (max(int(state[i]) for state in states) for i in (0, 1))
    if found := _COUNT.search(log):
        outcome.cases += int(found[1])
    if found := _LASTED.search(log):
        outcome.seconds += int(found[1])
    if found := _MEMORY.search(log):
        outcome.memory = max(outcome.memory, int(found[1]))
    if code == 0:
        return
    if "libFuzzer: timeout" in log or "out-of-memory" in log:
        outcome.hangs += 1
    else:
        outcome.crashes += 1
    outcome.said.append(f"ended with {code}:\n{log[-1500:]}")


def _collect(outcome: Outcome, folder: Path) -> None:
    """What the process itself found."""
    for text in sorted(folder.glob("wrong-*.txt")):
        outcome.wrong += 1
        outcome.said.append(f"{text.with_suffix('')}: {text.read_text('utf-8', 'replace')[:800]}")
    slowest = folder / "slowest.json"
    if slowest.exists():
        outcome.slowest = json.loads(slowest.read_text())["seconds"]
