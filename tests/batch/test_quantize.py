"""Candidates are made by workers, and ranked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.program import edgedet

pytest.importorskip("ai_edge_quantizer", reason="needs the lab (edgedet[lab])")
from tests.lab.quantize.conftest import Places, places

__all__ = ["places"]
pytestmark = pytest.mark.slow


def test_the_best_comes_first_and_all_are_there(places: Places, tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    given = ("--data", places.calibration, "--eval", places.evaluation, "--workers", 2, "-o", out)
    recipes = ("--recipes", "float16,int8,int8@entropy")
    run = edgedet("batch", "quantize", places.model, "--sweep", *given, *recipes, timeout=900)
    assert run.returncode == 0, run.stderr
    rows = json.loads((out / "sweep.json").read_text())
    assert {row["name"] for row in rows} == {"float", "float16", "int8", "int8@entropy"}
    points = [row["accuracy"]["mean"]["AP"] for row in rows]
    assert points == sorted(points, reverse=True)
    assert all(row["latency_p50_ms"] > 0 for row in rows)
    kept = sorted(path.name for path in (out / "models").iterdir() if "entropy" in path.name)
    assert kept == ["int8-entropy.json", "int8-entropy.tflite"]
    before = (out / "results.jsonl").read_text()
    again = edgedet("batch", "quantize", places.model, "--sweep", *given, *recipes, timeout=900)
    assert (again.returncode, (out / "results.jsonl").read_text()) == (0, before)
    assert "this session" not in again.stdout
