"""Receivers that are dead, or hang, cost detection nothing worth a name."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import Running, running
from tests.notify.receivers import free_port, web

ROUNDS, SECONDS = 4, 12.0
SETTINGS = """
[source]
uri = "demo:"
fps = 240
[rules.person]
hits = 1
of = 1
leave = 0.2
[rules.cat]
hits = 1
of = 1
leave = 0.2
"""


def detections_a_second(folder: Path, settings: str) -> float:
    folder.mkdir()
    file = folder / "edgedet.toml"
    file.write_text(settings)
    arguments = ("--config", file, "--no-web", "--threads", 1, "--storage", folder / "kept")
    with running(folder, *arguments) as program:
        program.wait_for(" fps ", 60)
        before = figures(program, 1)
        time.sleep(SECONDS)
        after = figures(program, 2)
    return float(
        (after["frames"]["detected"] - before["frames"]["detected"]) / (after["uptime_s"] - before["uptime_s"])
    )


def figures(program: Running, number: int) -> dict[str, Any]:
    """What it tells when asked for the first, second, ... time."""
    program.process.send_signal(signal.SIGUSR1)
    pattern = r"(?s)" + r".*?report: \{.*?\}\n" * (number - 1) + r".*?report: (\{.*?\})\n"
    reports = program.wait_for(pattern)
    return dict(json.loads(reports[1]))


@pytest.mark.slow
def test_receivers_that_hang_or_are_dead(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="needs the extra [notify]")
    alone, told = [], []
    with web("hang") as hook, web("drip") as push:
        notify = f"""
[notify]
urls = ["json://{push.address}/x", "json://127.0.0.1:{free_port()}/x", "json://localhost.invalid/x"]
webhook = "http://{hook.address}/x"
on = ["start", "end"]
every = 0
wait = 0
"""
        for number in range(ROUNDS):  # in turns, so that a busy moment of the machine hits both
            alone.append(detections_a_second(tmp_path / f"alone-{number}", SETTINGS))
            told.append(detections_a_second(tmp_path / f"told-{number}", SETTINGS + notify))
        assert hook.got, "somebody was told"
        assert push.got
    ratio = max(told) / max(alone)  # of the least disturbed rounds: other programs run here too
    print(f"detections a second: alone {alone}, with receivers that hang {told}: {ratio:.3f}")
    assert ratio >= 0.97
