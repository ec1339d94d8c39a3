"""The measuring program itself: a short run says what it should, and a budget adds up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import cv2
import pytest

from edgedet.bench.budget import Budget, Step
from edgedet.bench.picture import boxes
from edgedet.bench.spans import Spans
from tests.bench.floor import Figure, table
from tests.bench.floor_pipeline import Rounds
from tests.bench.turns import in_turns, median_ratio
from tests.e2e.program import assert_refused, edgedet
from tests.places import ROOT

STEPS = {
    "capture, decode", "colour conversion", "resize", "channel order", "tensor write", "invoke", "decode head", "NMS",
    "track", "overlay", "JPEG", "JSON line",
}  # fmt: skip


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    result = edgedet(
        "run", "--source", "demo:", "--as-fast", "--frames", 20, "--no-web", "--video", path, "--threads", 1
    )
    assert result.returncode == 0, result.stderr
    return path


def test_a_budget_names_every_step_and_adds_up(film: Path, tmp_path: Path) -> None:
    picture = tmp_path / "budget.svg"
    options = ("--threads", 1, "--frames", 20, "--budget", "--json", "--picture", picture)
    result = edgedet("bench", "--source", film, *options)
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert {step["step"] for step in facts["steps"]} >= STEPS
    explained = sum(step["cpu_ms"] for step in facts["steps"])
    assert explained + facts["unexplained_ms"] == pytest.approx(facts["cpu_ms"], abs=0.05)
    assert facts["unexplained_ms"] < 0.3 * facts["cpu_ms"]
    most = max(facts["steps"], key=lambda step: step["cpu_ms"])
    assert (most["step"], most["thread"], most["within"]) == ("invoke", "detect", ["detector"])
    text = "".join(ElementTree.parse(picture).getroot().itertext())
    assert "invoke" in text
    assert "not explained" in text


def test_a_budget_as_text_and_png(film: Path, tmp_path: Path) -> None:
    picture = tmp_path / "budget.png"
    result = edgedet("bench", "--source", film, "--frames", 10, "--budget", "--picture", picture)
    assert result.returncode == 0, result.stderr
    assert "one frame" in result.stdout
    image = cv2.imread(str(picture))
    assert image is not None
    assert len({tuple(pixel) for pixel in image.reshape(-1, 3).tolist()}) > 5


def test_what_cant_be_drawn_is_refused_at_once(tmp_path: Path) -> None:
    assert_refused(edgedet("bench", "--budget", "--picture", tmp_path / "budget.pdf"), "budget.pdf", ".svg or .png")
    assert_refused(edgedet("bench", "--picture", tmp_path / "budget.svg"), "--picture", "--budget")


def test_boxes_lie_side_by_side_within_their_own() -> None:
    steps = (
        Step(("capture", "read"), 2, 1.0),
        Step(("detect", "watch"), 1, 0.5),
        Step(("detect", "watch", "invoke"), 9, 8.0),
    )
    laid = {box.name: (box.left, box.cpu_ms, box.depth) for box in boxes(Budget(steps, 10, 12.0, 10.0))}
    assert laid == {
        "capture": (0, 1, 0),
        "read": (0, 1, 1),
        "detect": (1, 8.5, 0),
        "watch": (1, 8.5, 1),
        "invoke": (1, 8, 2),
        "not explained": (9.5, 0.5, 0),
    }


def test_what_is_within_is_counted_by_who_called_it() -> None:
    class Work:
        def outer(self) -> int:
            return self.inner() + self.inner()

        def inner(self) -> int:
            return sum(range(20_000))

    spans, work = Spans(), Work()
    with spans.timing([(Work, "outer", "outer"), (Work, "inner", "inner")]):
        work.outer()
        work.inner()
    found = spans.totals()
    assert set(found) == {("MainThread", "outer"), ("MainThread", "outer", "inner"), ("MainThread", "inner")}
    assert found["MainThread", "outer"][1] >= found["MainThread", "outer", "inner"][1] > found["MainThread", "inner"][1]
    work.inner()
    assert spans.totals() == found


def test_the_ratio_is_to_the_invokes_right_before_and_after() -> None:
    rounds = Rounds(bare=[100, 100, 50, 50, 25], plain=[90.0, 45.0], viewed=[60.0, 15.0])
    assert rounds.plain_ratio == pytest.approx(0.9)
    assert rounds.viewed_ratio == pytest.approx((0.8 + 0.4) / 2)


def test_turns_and_limits() -> None:
    order: list[str] = []
    turns = {name: (lambda name=name: order.append(name) or float(len(order))) for name in "ab"}
    found = in_turns(turns, 2)
    assert order == ["a", "b", "b", "a"]
    assert found == {"a": [1, 4], "b": [2, 3]}
    assert median_ratio(found["a"], found["b"]) == pytest.approx((1 / 2 + 4 / 3) / 2)
    kept, missed = Figure("speed", 0.97, True, 0.98), Figure("memory", 150, False, 151.0, "MB")
    assert (kept.kept, missed.kept) == (True, False)
    assert "kept" in table([kept]) and "MISSED" in table([missed])  # noqa: PT018


@pytest.mark.slow
def test_a_short_run_judges_everything(tmp_path: Path) -> None:
    found = tmp_path / "floor.json"
    command = [sys.executable, "-m", "tests.bench.floor", "--json", str(found)]
    result = subprocess.run(
        [*command, "--rounds", "1", "--frames", "20", "--seconds", "5"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    figures = json.loads(found.read_text())["figures"]
    assert len(figures) == 7, result.stderr
    assert all(each["figure"] > 0 for each in figures)
    assert result.returncode == (0 if all(each["kept"] for each in figures) else 1)
