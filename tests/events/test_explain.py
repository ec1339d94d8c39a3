"""``edgedet explain``."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.config import CameraConfig, RuleConfig, ZoneConfig
from edgedet.events.explain import UNKNOWN, explain
from edgedet.events.places import Places
from edgedet.events.store.sidecar import Sidecar, write_sidecar
from edgedet.events.verdicts import Verdict
from tests.cli.script import edgedet
from tests.events.scene import Scene, at, found, frame
from tests.places import shared

PORCH = """
[zones.porch]
polygon = [[0, 0.5], [0.2, 0.5], [0.2, 1], [0, 1]]
[rules.person]
zones = ["porch"]
schedule = "sat,sun"
dwell = 3
"""


def explained(tmp_path: Path, *args: str, settings: str = PORCH) -> str:
    file = tmp_path / "edgedet.toml"
    file.write_text(settings)
    done = edgedet("explain", *args, "--config", str(file))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_object_hears_every_rule_for_its_label() -> None:
    config = CameraConfig(
        zones={"porch": ZoneConfig(polygon=[[0, 0.5], [0.5, 0.5], [0.5, 1], [0, 1]])},
        rules={"person": RuleConfig(), "porch": RuleConfig(label="person", zones=["porch"], dwell=5)},
    )
    sure, faint = explain(frame(0), found((0, 0.9, at(0.3, 0.8)), (1, 0.3, at(0.8, 0.8))), config)
    assert [(each.rule, each.failed) for each in sure.opinions] == [("person", ()), ("porch", ())]
    assert [(each.rule, each.failed) for each in faint.opinions] == [
        ("person", ("min_score", "threshold")),
        ("porch", ("min_score", "zones", "threshold")),
    ]
    unknown = [each.condition for each in sure.opinions[1].verdicts if each.passed is None]
    assert unknown == ["hits", "dwell", "moves"]
    (cat,) = explain(frame(0), found((0, 0.9, at(0.3, 0.8)), label=1), config)
    assert cat.opinions == ()
    assert json.loads(json.dumps(sure.to_dict()))["rules"][1]["verdicts"][-1]["seen"] == UNKNOWN


def test_a_frame_of_a_film(tmp_path: Path) -> None:
    film = str(shared("data/videos/one-by-one-person-detection.mp4"))
    text = explained(tmp_path, film, "--at", "10")
    assert text.startswith("person 0.")
    assert "rule person: no event: zones" in text
    assert "NO   zones" in text
    assert "in none of them" in text
    assert UNKNOWN in text
    values = json.loads(explained(tmp_path, film, "--at", "10", "--json"))
    assert values["time"] == pytest.approx(10, abs=0.06)
    assert values["objects"][0]["rules"][0]["failed"] == ["zones"]
    late = edgedet("explain", film, "--at", "1000")
    assert late.returncode == 2
    assert "it ends at 139" in late.stderr


def test_a_picture_without_anything_and_what_is_no_picture(tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((240, 320, 3), 128, np.uint8))
    assert explained(tmp_path, str(grey)).splitlines()
    for what in ("gone.jpg", "20261121-104455.123-front-7f3a"):
        done = edgedet("explain", what, cwd=tmp_path)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stderr.splitlines()[-1].startswith("edgedet: error: ")


def test_an_event(tmp_path: Path) -> None:
    scene = Scene()
    scene.play((1, 0.9, at(0.3, 0.8)), seconds=2)
    (end,) = scene.maker.close()
    places = Places(tmp_path / "store")
    places.folder(end.event.id).mkdir(parents=True)
    write_sidecar(places, Sidecar(end.event, end.record))
    by_id = edgedet("explain", end.event.id, "--storage", str(places.root))
    by_file = edgedet("explain", str(places.sidecar(end.event.id)))
    assert by_id.stdout == by_file.stdout
    assert by_id.stdout.startswith(f"{end.event.id}: person 0.90, rule person")
    assert "yes  hits       in 3 of the last 5 looks" in by_id.stdout
    values = json.loads(edgedet("explain", end.event.id, "--storage", str(places.root), "--json").stdout)
    assert Verdict(**values["verdicts"][0]).passed is True
    places.sidecar(end.event.id).write_text("{}")
    broken = edgedet("explain", end.event.id, "--storage", str(places.root))
    assert broken.returncode == 2
    assert "not an event's file" in broken.stderr


def test_of_several_cameras_one_must_be_named(tmp_path: Path) -> None:
    grey = tmp_path / "grey.png"
    cv2.imwrite(str(grey), np.full((240, 320, 3), 128, np.uint8))
    two = "".join(f'[[camera]]\nname = "{name}"\nsource = {{ uri = "demo:" }}\n' for name in ("front", "back"))
    (tmp_path / "edgedet.toml").write_text(two)
    done = edgedet("explain", str(grey), cwd=tmp_path)
    assert (done.returncode, done.stderr.strip().endswith("name one of front, back")) == (2, True)
    assert explained(tmp_path, str(grey), "--camera", "back", settings=two)
