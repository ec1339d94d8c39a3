from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from edgedet.cli.privacy import privacy
from edgedet.errors import ConfigError, EdgedetError, OutputError, SourceError
from tests.places import ROOT

PHOTOS = ROOT / "edgedet" / "capture" / "photos"


def run(config: Path, *args: str) -> Result:
    done = CliRunner().invoke(privacy, [*args, "--config", str(config)])
    if isinstance(done.exception, EdgedetError):
        raise done.exception
    return done


@pytest.fixture
def two_cameras(tmp_path: Path) -> Path:
    file = tmp_path / "edgedet.toml"
    cameras = (f'[[camera]]\nname = "{name}"\nsource.uri = "demo:"\n' for name in ("front", "back"))
    file.write_text(f'storage.path = "{tmp_path}"\n' + "".join(cameras))
    return file


def one_camera(folder: Path, text: str) -> Path:
    file = folder / "edgedet.toml"
    file.write_text(f"[privacy]\n{text}\n")
    return file


def test_the_switch_by_hand(two_cameras: Path) -> None:
    assert "front: privacy on since " in run(two_cameras, "on", "front").stdout
    states = json.loads(run(two_cameras, "status", "--json").stdout)
    assert states["back"] is None
    assert states["front"].endswith("+00:00")
    assert run(two_cameras, "off").stdout == "front: privacy off: sees\nback: privacy off: sees\n"
    assert run(two_cameras, "status", "back").stdout == "back: privacy off: sees\n"
    with pytest.raises(ConfigError, match="garden: no such camera; there are front, back"):
        run(two_cameras, "on", "garden")


def test_a_face_in_a_picture_is_proven_gone(tmp_path: Path) -> None:
    config = one_camera(tmp_path, 'masks = [[[0, 0], [0.25, 0], [0.25, 0.6]]]\nblur = ["person"]')
    target = tmp_path / "compare.png"
    done = run(config, "test", str(PHOTOS / "astronaut.jpg"), "--to", str(target))
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [line[:4] for line in lines[:4]] == ["ok  "] * 4
    assert [line.split(",")[0] for line in lines[:4]] == ["ok   mask 1", "ok   mask 1", "ok   person", "ok   person"]
    assert "delete it" in lines[4]
    photo, seen = cv2.imread(str(PHOTOS / "astronaut.jpg")), cv2.imread(str(target))
    assert photo is not None
    assert seen is not None
    assert seen.shape[1] == 3 * photo.shape[1]


def test_the_demo_is_looked_at_where_no_picture_is_named(tmp_path: Path) -> None:
    done = run(one_camera(tmp_path, 'blur = ["person"]'), "test")
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 2


def test_it_fails_where_nobody_is_in_the_picture(tmp_path: Path) -> None:
    empty = tmp_path / "wall.png"
    cv2.imwrite(str(empty), np.full((240, 320, 3), 128, np.uint8))
    done = run(one_camera(tmp_path, 'blur = ["person"]'), "test", str(empty))
    assert done.exit_code == 1
    assert done.stdout == "BAD  person: none found in this picture; give one that shows one\n"


def test_what_cant_be_done_is_said(tmp_path: Path, two_cameras: Path) -> None:
    with pytest.raises(ConfigError, match="--camera: missing; there are front, back"):
        run(two_cameras, "test")
    with pytest.raises(ConfigError, match="back: hides nothing; set masks or blur"):
        run(two_cameras, "test", "--camera", "back")
    with pytest.raises(ConfigError, match="is no label"):
        run(one_camera(tmp_path, 'blur = ["persn"]'), "test")
    config = one_camera(tmp_path, 'blur = ["person"]')
    with pytest.raises(SourceError, match="no such file"):
        run(config, "test", str(tmp_path / "none.jpg"))
    with pytest.raises(OutputError, match=r"end in \.png or \.jpg"):
        run(config, "test", str(PHOTOS / "astronaut.jpg"), "--to", str(tmp_path / "compare.gif"))
