"""In the running program."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.program import edgedet


def test_a_running_camera_is_measured_and_its_hard_frames_are_kept(tmp_path: Path) -> None:
    report, storage = tmp_path / "report.json", tmp_path / "events"
    result = edgedet(
        "run",
        "--storage",
        storage,
        "--drift",
        "--collect",
        "--no-clips",
        "--no-web",
        "--frames",
        30,
        "--report",
        report,
    )
    assert result.returncode == 0, result.stderr
    services = json.loads(report.read_text())["services"]
    assert services["drift"]["cameras"]["camera"] == {"drift": None, "changed": None, "what": None, "learned": 0}
    assert set(services["collect"]["kept"]) == {"camera"}
    shown = edgedet("drift", "show", "--storage", storage, "--json")
    (day,) = json.loads(shown.stdout)["camera"]
    assert day["frames"] >= 25
    assert 0 < day["brightness"] < 255
    kept = services["collect"]["kept"]["camera"]
    assert sum(kept.values()) >= len(list((storage / "collect").rglob("*.json"))) >= (1 if kept else 0)
