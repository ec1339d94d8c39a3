"""Models that may take each other's place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgedet.tune.kin import kindred, read_kin
from tests.places import ROOT

LABELS = ("person", "cat", "dog")
BIG, SMALL = (ROOT / f"models/starter-{size}-int8.tflite" for size in (320, 256))


def test_the_bundled_ones() -> None:
    kin = {each.name: each for each in kindred(LABELS)}
    assert {"starter-320", "starter-256", "bootstrap-320"} <= set(kin)
    big, small = kin["starter-320"], kin["starter-256"]
    assert (big.pixels, small.pixels) == (320 * 320, 256 * 256)
    assert big.accuracy is not None
    assert small.accuracy is not None
    assert big.accuracy > small.accuracy
    share = small.slowness(big)
    assert share is not None
    assert 0.2 < share < 0.7
    assert not list(kindred(("person", "dog", "cat"))), "another order is another model"


def test_a_pulled_one_and_a_damaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEDET_MODELS", str(tmp_path))
    content = BIG.read_bytes() + b"\0"  # another file than the bundled one
    (tmp_path / "mine.tflite").write_bytes(content)
    (tmp_path / "mine.json").write_text(json.dumps({"labels": list(LABELS), "input": {"shape": [1, 160, 160, 3]}}))
    (tmp_path / "bad.tflite").write_bytes(b"<html>")
    kin = {each.name: each for each in kindred(LABELS)}
    assert "bad" not in kin
    assert (kin["mine"].pixels, kin["mine"].accuracy) == (160 * 160, None)
    assert kin["mine"].slowness(kin["starter-320"]) == 0.25, "from the sizes, where a card has no latency"


@pytest.mark.parametrize("figures", [{}, {"int8": {}}, {"int8": {"x": 3}}, {"int8": []}, []])
def test_a_card_without_figures_is_fine(tmp_path: Path, figures: object) -> None:
    (tmp_path / "m.tflite").write_bytes(SMALL.read_bytes() + b"\0")
    (tmp_path / "m.json").write_text(json.dumps({"labels": list(LABELS), "figures": figures}))
    kin, labels = read_kin("m", tmp_path / "m.tflite")
    assert (kin.accuracy, kin.pixels, labels) == (None, None, LABELS)
