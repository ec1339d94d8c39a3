"""Three cameras, and a broker that is killed: the whole simulated fleet, small."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet.simulated import page
from tests.fleet.simulated.__main__ import run
from tests.metrics.scraping import tool
from tests.mqtt.mosquitto import needs_mosquitto


@pytest.mark.slow
@needs_mosquitto
def test_three_cameras_lose_no_event_over_five_kills_of_the_broker(tmp_path: Path) -> None:
    tool("prometheus")
    figures = run(tmp_path, cameras=3, minutes=1, fps=1, every=5)
    assert all(kept for kept, _ in page.verdicts(figures)[:3]), page.verdicts(figures)
    assert figures["events"]["told"] > 30
    assert figures["events"]["restarts"] == 5
    assert figures["stages"][-1]["clients"] == 2 * 3 + 3
    assert run(tmp_path, cameras=3, minutes=1, fps=1, every=5)["stages"] == figures["stages"], "nothing is done twice"
