"""Our tracks beside those of published trackers, on the same boxes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.tracking.following import follow, given
from tests.tracking.libraries import LIBRARIES
from tests.tracking.metrics import Figures
from tests.tracking.reference import FILE, SEEDS
from tests.tracking.scenes import SCENES, make

REFERENCE: dict[str, Any] = json.loads(FILE.read_text())
NOISE = 0.001
"""One box in a thousand: less than what the choice of a seed changes."""


@pytest.fixture(scope="module")
def ours() -> dict[str, list[Figures]]:
    return {name: [follow(make(scene, seed))[0] for seed in SEEDS] for name, scene in SCENES.items()}


def theirs(library: str, limits: str, name: str) -> list[list[float]]:
    return [REFERENCE["figures"][f"{library}/{limits}/{name}/{seed}"] for seed in SEEDS]


@pytest.mark.parametrize("limits", ["matched", "default"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_not_worse_over_all_scenes(ours: dict[str, list[Figures]], library: str, limits: str) -> None:
    mota, idf1, switches = np.mean([theirs(library, limits, name) for name in SCENES], axis=(0, 1))
    every = [each for scene in ours.values() for each in scene]
    assert np.mean([each.mota for each in every]) >= mota - NOISE
    assert np.mean([each.idf1 for each in every]) >= idf1 - NOISE
    assert np.mean([each.switches for each in every]) <= switches + 0.5


@pytest.mark.parametrize("name", [name for name in SCENES if name != "crowd"])
def test_close_to_the_best_of_them_in_every_scene(ours: dict[str, list[Figures]], name: str) -> None:
    best = np.mean(theirs("trackers", "matched", name), axis=0)
    assert np.mean([each.mota for each in ours[name]]) >= best[0] - 0.005
    assert np.mean([each.idf1 for each in ours[name]]) >= best[1] - 0.01


def test_scenes_are_those_of_the_reference() -> None:
    for key, count in REFERENCE["boxes"].items():
        name, seed = key.split("/")
        if name != "crowd":
            looks = make(SCENES[name], int(seed))
            assert sum(len(look.scores) for look in looks) == count, (
                "scenes changed: run tests.tracking.reference again"
            )


@pytest.mark.parametrize("key", REFERENCE["tracks"])
def test_our_figures_are_those_of_motmetrics(key: str) -> None:
    _, _, name, seed = key.split("/")
    rows = [[int(v) for v in row.split(",")] if row != "." else [] for row in REFERENCE["tracks"][key].split(" ")]
    figures = given(make(SCENES[name], int(seed)), rows)
    wanted = REFERENCE["figures"][key]
    assert [figures.mota, figures.idf1] == pytest.approx(wanted[:2], abs=1e-5)
    assert figures.switches == wanted[2]


@pytest.mark.parametrize("library", LIBRARIES)
def test_reference_is_what_the_library_gives(library: str) -> None:
    pytest.importorskip(library, reason=f"needs {library} to compare with")
    if library == "supervision":
        pytest.importorskip("supervision.tracker", reason="needs a supervision that still has a tracker (< 0.28)")
    name, seed = "crossings", SEEDS[0]
    looks = make(SCENES[name], seed)
    ids = LIBRARIES[library]([(look.elapsed, look.boxes, look.scores) for look in looks], SCENES[name].rate, True)
    figures = given(looks, ids)
    wanted = REFERENCE["figures"][f"{library}/matched/{name}/{seed}"]
    assert [figures.mota, figures.idf1] == pytest.approx(wanted[:2], abs=0.01)
