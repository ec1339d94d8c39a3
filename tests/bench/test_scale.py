"""The fits and pictures, and a tiny round of each measurement that needs no server."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.bench.curve import curve
from tests.bench.scale import boxes, cameras, inputs, page, threads, viewers
from tests.bench.scale.fit import fit
from tests.bench.scale.points import Curve, Point
from tests.capture.servers import PYTHON
from tests.places import shared

FILM = "data/videos/one-by-one-person-detection.mp4"
COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.5, 2.0])
def test_the_exponent_is_found_above_a_constant_part(exponent: float) -> None:
    found = fit(COUNTS, [30 + 2 * x**exponent for x in COUNTS])
    assert found.exponent == pytest.approx(exponent, abs=0.02)
    assert found.constant == pytest.approx(30, rel=0.05)
    assert found.worse_than_linear == (exponent > 1.15)


def test_scatter_about_a_line_is_not_worse_than_linear() -> None:
    random = np.random.default_rng(3)
    for _ in range(8):
        ys = [(100 + 3 * x) * (1 + random.normal(0, 0.02)) for x in COUNTS]
        assert not fit(COUNTS, ys).worse_than_linear


def test_what_does_not_grow_has_no_exponent() -> None:
    found = fit((1, 2, 4), (100, 104, 101))
    assert found.exponent == 0
    assert found(3) == pytest.approx(101.6, abs=0.5)


def test_the_picture_is_well_formed_and_has_every_point() -> None:
    text = curve("a & b", "x", "y", [(0, 1), (10, 33), (50, 480)], lambda x: 1 + 9 * x)
    tree = ElementTree.fromstring(text)
    assert len(tree.findall("{*}circle")) == 3
    assert all(0 <= float(dot.get("cx") or -1) <= 640 for dot in tree.findall("{*}circle"))


def test_the_page_keeps_what_was_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(page, "PICTURES", tmp_path / "pictures")
    points = [Point(x, 10 * x, {"more": f"{x}"}) for x in (1, 2, 3)]
    page.write([Curve(name, "x", "y", points, "Taken.") for name in ("one", "two")], {}, "here")
    page.write([Curve("two", "x", "y", points, "Again.")], page.sections_of(page.PAGE), "here")
    text = page.PAGE.read_text()
    assert (text.count("Taken."), text.count("Again."), text.count("exponent 1.00")) == (1, 1, 2)
    assert {each.name for each in (tmp_path / "pictures").iterdir()} == {"scale-one.svg", "scale-two.svg"}


def test_as_many_boxes_come_out_as_were_made_up() -> None:
    assert next(each.name for each in boxes.measure(3, (1, 50, 500))) == "boxes"


def test_a_larger_input_costs_more() -> None:
    small, large = inputs.measure(5, (192, 640))[0].points
    assert small.cost < large.cost


def test_threads_are_measured() -> None:
    found = threads.load(shared(FILM), 1, 1)
    assert found.cpu_ms > 0
    assert found.fps > 0


@pytest.mark.slow
def test_viewers_are_measured() -> None:
    none, three = (viewers.load(shared(FILM), count, 3) for count in (0, 3))
    assert three.cpu_ms_a_second > none.cpu_ms_a_second


@pytest.mark.slow
def test_cameras_are_measured_and_too_many_are_said() -> None:
    if not PYTHON.exists():
        pytest.skip("needs the system's Python with GStreamer's bindings")
    few, _ = cameras.load(shared(FILM), 2, cameras.LOW, 5)
    many, log = cameras.load(shared(FILM), 12, cameras.HIGH, 20)
    assert few.fairness > 0.8
    assert few.report["shortfall"] is None
    assert many.report["shortfall"]["cameras"] == 12
    assert "12 cameras give" in log
    assert many.fairness > 0.7
