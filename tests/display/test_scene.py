from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edgedet.config import Config, LineConfig, ZoneConfig
from edgedet.display.memory import FrameMemory
from edgedet.display.messages import Picture
from edgedet.display.outlines import outlines_of
from edgedet.display.scene import Scene
from edgedet.drawing.overlay import draw
from edgedet.errors import OutputError
from edgedet.types import Image
from tests.display.desk import result, scenery

CAPTION = 30


class Paper:
    """A canvas that keeps what is put on it."""

    def __init__(self, width: int, height: int) -> None:
        self.image = np.full((height, width, 3), 1, np.uint8)
        self.flips = 0

    @property
    def size(self) -> tuple[int, int]:
        return self.image.shape[1], self.image.shape[0]

    def put(self, image: Image, x: int, y: int) -> None:
        self.image[y : y + image.shape[0], x : x + image.shape[1]] = image

    def clear(self) -> None:
        self.image[:] = 0

    def flip(self) -> None:
        self.flips += 1


@pytest.fixture
def memory() -> Iterator[FrameMemory]:
    each = FrameMemory.create()
    yield each
    each.close()


def put(scene: Scene, memory: FrameMemory, image: Image, camera: str = "front") -> None:
    [offset] = memory.write([image])
    whole = result(image, camera)
    bare = replace(whole, frame=replace(whole.frame, image=np.zeros((0, 0, 3), np.uint8)))
    scene.show([Picture(bare, image.shape, offset)])


def test_only_what_is_new_is_drawn(memory: FrameMemory) -> None:
    paper = Paper(1280, 400)
    scene = Scene({"front": (), "yard": ()}, memory, paper)
    assert scene.draw() == 2, "both say that there is no picture yet"
    assert scene.draw() == 0
    assert paper.flips == 1
    put(scene, memory, scenery(), "yard")
    assert scene.draw() == 2, "its aspect was new"
    put(scene, memory, scenery(shift=20), "yard")
    assert scene.draw() == 1
    wanted = draw(scenery(shift=20), result(scenery()).detections)
    assert np.array_equal(paper.image[:-CAPTION, 640:], wanted[:-CAPTION])


def test_a_picture_is_kept_when_the_memory_is_used_again(memory: FrameMemory) -> None:
    paper = Paper(640, 400)
    scene = Scene({"front": ()}, memory, paper)
    put(scene, memory, scenery())
    memory.write([scenery(shift=99)])
    scene.draw()
    assert np.array_equal(paper.image[:-CAPTION], draw(scenery(), result(scenery()).detections)[:-CAPTION])


def test_zones_and_lines_are_drawn_where_they_are(memory: FrameMemory) -> None:
    config = Config(
        zones={"porch": ZoneConfig(polygon=[[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]])},
        lines={"gate": LineConfig(points=[[0.1, 0.9], [0.9, 0.9]])},
    )
    outlines = outlines_of(config)["camera"]
    paper = Paper(640, 400)
    scene = Scene({"front": outlines}, memory, paper)
    scene.boxes = False
    put(scene, memory, scenery())
    scene.draw()
    for point, outline in (((160, 200), outlines[0]), ((480, 150), outlines[0]), ((300, 359), outlines[1])):
        x, y = point
        near = paper.image[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3)
        assert (near == outline.colour).all(axis=1).any(), point
    scene.redraw({"front": outlines[1:]})
    scene.draw()
    assert np.array_equal(paper.image[200, 150:170], scenery()[200, 150:170]), "the zone was taken out"
    scene.zones = False
    scene.draw(everything=True)
    assert np.array_equal(paper.image[:-CAPTION], scenery()[:-CAPTION])


def test_an_excluded_zone_is_grey() -> None:
    corners = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]]
    config = Config(zones={"porch": ZoneConfig(polygon=corners), "road": ZoneConfig(polygon=corners, exclude=True)})
    [porch, road] = outlines_of(config)["camera"]
    assert len(set(road.colour)) == 1
    assert len(set(porch.colour)) > 1


def test_a_private_camera_shows_nothing_until_it_isnt(memory: FrameMemory) -> None:
    paper = Paper(640, 400)
    scene = Scene({"front": ()}, memory, paper)
    put(scene, memory, scenery())
    scene.hide(frozenset({"front"}))
    scene.draw()
    assert np.count_nonzero(paper.image.any(axis=2)) < 0.03 * 640 * 400
    assert paper.image.any(), "it says why"
    put(scene, memory, scenery())  # was on its way
    scene.draw()
    assert np.count_nonzero(paper.image.any(axis=2)) < 0.03 * 640 * 400
    scene.hide(frozenset())
    put(scene, memory, scenery())
    scene.draw()
    assert np.array_equal(paper.image[:-CAPTION], draw(scenery(), result(scenery()).detections)[:-CAPTION])


def test_choosing_a_camera_that_isnt_there_changes_nothing(memory: FrameMemory) -> None:
    scene = Scene({"front": (), "yard": ()}, memory, Paper(640, 400))
    assert not scene.choose(2)
    assert scene.shown == ("front", "yard")
    assert scene.choose(1)
    assert scene.shown == ("yard",)
    assert scene.choose(None)
    assert scene.shown == ("front", "yard")


def test_saving_keeps_what_is_shown_and_overwrites_nothing(memory: FrameMemory, tmp_path: Path) -> None:
    scene = Scene({"front": (), "yard": ()}, memory, Paper(640, 400))
    assert scene.save(tmp_path / "new") == [], "there is nothing yet"
    put(scene, memory, scenery())
    [first] = scene.save(tmp_path / "new")
    content = first.read_bytes()
    [second] = scene.save(tmp_path / "new")
    assert first != second
    assert first.read_bytes() == content
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted([first.name, second.name])
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="can't be written"):
        scene.save(tmp_path / "file")
