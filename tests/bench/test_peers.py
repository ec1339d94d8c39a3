"""The comparison's own parts, and a short run of each loop that is installed here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.bench.peers.agreement import agreement, per_frame
from tests.bench.peers.judged import rows
from tests.bench.peers.loops.table import EDGEDET, LOOPS, PEERS, Loop
from tests.bench.peers.models import LAB, MODEL, Models, models
from tests.bench.peers.page import Circumstances, page
from tests.bench.peers.runs import WARM_UP, LoopFailed, Run, run
from tests.places import shared

FILM = "data/videos/one-by-one-person-detection.mp4"


def person(left: float, score: float = 0.9, label: str = "person") -> dict[str, Any]:
    return {"label": label, "score": score, "box": [left, 0.0, left + 100, 100.0]}


def a_run(fps: float, cpu_ms: float, found: dict[int, list[dict[str, Any]]]) -> Run:
    return Run(fps, cpu_ms, 0.0, (10.0, 20.0), 100.0, 0.5, 100, found)


def test_agreement_is_of_place_label_and_confidence() -> None:
    ours = {0: [person(0), person(300)], 1: [person(0)]}
    assert agreement(ours, ours) == 1
    assert agreement(ours, {0: [person(20), person(310)], 1: [person(0), person(500, 0.4)]}) == 1
    assert agreement(ours, {0: [person(0)], 1: []}) == pytest.approx(0.5)
    assert agreement(ours, {0: [person(0, label="cat")], 1: [person(150)]}) == 0
    assert per_frame(ours) == 1.5


def test_a_peer_that_is_ahead_or_finds_nothing_is_named() -> None:
    found = {0: [person(0)]}
    runs = {
        EDGEDET: [a_run(60, 16, found)] * 2,
        "slower": [a_run(50, 20, found)] * 2,
        "faster": [a_run(61, 20, found)] * 2,
        "cheaper": [a_run(50, 15, found)] * 2,
        "blind": [a_run(50, 20, {0: []})] * 2,
    }
    judged = {row.name: row.behind() for row in rows(runs, runs)}
    assert not judged["slower"]
    assert ["frames a second" in reason for reason in judged["faster"]] == [True]
    assert ["CPU" in reason for reason in judged["cheaper"]] == [True]
    assert ["other objects" in reason for reason in judged["blind"]] == [True]


def test_the_page_has_every_row_and_says_what_did_not_run() -> None:
    runs = {loop.name: [a_run(50, 20, {0: [person(0)]})] for loop in LOOPS[:3]}
    text = page(rows(runs, runs), {"absent": "no wheel"}, Circumstances("a.mp4", 12, 1, 1, "a machine"))
    assert all(f"| {name} | 50.0 | 20.0 |" in text for name in runs)
    assert "absent: not run: no wheel" in text


def test_edgedet_is_measured_from_outside() -> None:
    loop = LOOPS[0]
    found = run(loop, Models(MODEL, MODEL, MODEL, MODEL), shared(FILM), 1)
    assert found.frames == len(found.found) - WARM_UP
    assert found.fps > 0
    assert 0 < found.cpu_ms < 500
    assert 0 < found.startup_s < 60
    assert found.memory_mb > 30
    assert 0 < found.latency_ms[0] <= found.latency_ms[1]
    assert sorted(found.found) == list(range(len(found.found)))


def test_a_loop_that_ends_is_named_with_its_reason(tmp_path: Path) -> None:
    broken = replace(LOOPS[0], name="broken")
    with pytest.raises(LoopFailed, match=r"broken: .*no such model file"):
        run(broken, Models(*[tmp_path / "none.tflite"] * 4), shared(FILM), 1)


@pytest.mark.slow
@pytest.mark.parametrize("loop", [loop for loop in LOOPS if loop.module], ids=lambda loop: loop.name)
def test_each_peer_finds_what_edgedet_does(loop: Loop) -> None:
    if not PEERS.exists() or not LAB.exists():
        pytest.skip("needs .venv-peers (bash tests/bench/peers/venv.sh) and .venv-lab")
    made, film = models(), shared(FILM)
    ours, theirs = (run(each, made, film, 5) for each in (LOOPS[0], loop))
    assert agreement(ours.found, theirs.found) > 0.75
    assert per_frame(theirs.found) > 0.2
