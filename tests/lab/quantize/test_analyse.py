from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest

from tests.cli.script import edgedet
from tests.lab.quantize.conftest import Places
from tests.places import MODEL

pytest.importorskip("ai_edge_quantizer", reason="needs edgedet[lab]")


def test_every_layer_against_its_float_model(places: Places, tmp_path: Path) -> None:
    args = ["--float", str(places.model), "--data", str(places.calibration), "--pictures", "2", "--png", "p.png"]
    done = edgedet("analyse", str(MODEL), *args, "--json", cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    layers = json.loads(done.stdout)["layers"]
    first = layers[0]
    assert first["layer"] == "0 CONV_2D 160x160x32"
    assert first["dtype"] == "int8"
    assert first["sqnr_db"] > 30
    assert 0 <= first["activation"]["clipped"] < 0.01
    assert first["activation"]["limits"][1] == pytest.approx(6, abs=0.05)
    assert sum(first["weights"]["histogram"]) == 32 * 3 * 3 * 3
    assert len(layers) > 90
    assert all(layer["sqnr_db"] > 5 for layer in layers)
    assert cv2.imread(str(tmp_path / "p.png")).shape[1] > 1000


def test_a_hard_layer_shows_in_the_spread_of_its_channels(places: Places) -> None:
    spreads = []
    for model in (places.model, places.hard):
        done = edgedet("analyse", str(model), "--pictures", "1", "--json", timeout=120)
        layers = {layer["number"]: layer for layer in json.loads(done.stdout)["layers"]}
        assert layers[2]["activation"]["limits"] is None
        spreads.append(layers[2]["weights"]["channel_spread"])
    assert spreads[1] > 8 * spreads[0]


def test_the_table_and_a_wrong_float_model(places: Places, tmp_path: Path) -> None:
    done = edgedet("analyse", str(MODEL), "--pictures", "1", timeout=120)
    assert done.stdout.splitlines()[1].startswith("0 CONV_2D 160x160x32")
    done = edgedet("analyse", str(places.model), "--float", str(MODEL), timeout=120)
    assert done.returncode == 2
    assert "quantized already" in done.stderr
