from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgedet.config import CameraConfig, Config, LineConfig, ZoneConfig
from edgedet.errors import ConfigError
from edgedet.settings import load
from edgedet.web.drawing_edit import Named, edited

TRIANGLE = [[0.1, 0.1], [0.2, 0.2], [0.3, 0.1]]
TWO = """\
[zones.porch]
polygon = [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]  # the porch

[[camera]]
name = "front"  # the front door
source = { uri = "rtsp://a/1" }
# of the front
[camera.zones.step]
polygon = [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]

[[camera]]
name = "back"
source = { uri = "rtsp://a/2" }
rules = { person = { zones = ["porch"] } }

# the end
[retention]
days = 3
"""
INLINE = """\
zones = { porch = { polygon = [[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]] } } # all
lines.gate.points = [[0.1, 0.1], [0.9, 0.9]]
[detect]
iou = 0.5
"""


def config_of(text: str, tmp_path: Path) -> Config:
    file = tmp_path / "edgedet.toml"
    file.write_text(text)
    return load({}, {}, file).config


def change(text: str, tmp_path: Path, camera: str, **wanted: Named) -> tuple[str, CameraConfig]:
    config = config_of(text, tmp_path)
    now = next(each for each in config.cameras if each.name == camera)
    made = edited(text, now, wanted, alone=len(config.cameras) == 1)
    after = {each.name: each for each in config_of(made, tmp_path).cameras}
    assert [each for each in config.cameras if each.name != camera] == [
        each for each in after.values() if each.name != camera
    ]
    return made, after[camera]


def test_one_of_two_cameras(tmp_path: Path) -> None:
    porch, step = (ZoneConfig(polygon=[[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]) for _ in range(2))
    wanted = {"porch": porch, "step": step, "new": ZoneConfig(polygon=TRIANGLE)}
    text, front = change(TWO, tmp_path, "front", zones=wanted)
    assert front.zones == wanted
    added = "\n[camera.zones.new]\npolygon = [[0.1, 0.1], [0.2, 0.2], [0.3, 0.1]]\n"
    assert text == TWO.replace('0.9]]\n\n[[camera]]\nname = "back"', f'0.9]]\n{added}\n[[camera]]\nname = "back"')


def test_what_is_for_all_becomes_the_cameras_own_when_it_changes(tmp_path: Path) -> None:
    text, back = change(TWO, tmp_path, "back", zones={"porch": ZoneConfig(polygon=TRIANGLE)})
    assert back.zones["porch"].polygon == TRIANGLE
    assert text.index("[camera.zones.porch]") < text.index("# the end") < text.index("[retention]")
    assert "[[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]  # the porch" in text


def test_what_is_for_all_can_not_be_taken_from_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"zones\.porch: it is there for all cameras; take it out"):
        change(TWO, tmp_path, "back", zones={})


def test_inline_tables_stay_inline(tmp_path: Path) -> None:
    zones = {"porch": ZoneConfig(polygon=[[0.1, 0.2], [0.5, 0.2], [0.5, 0.8]]), "a": ZoneConfig(polygon=TRIANGLE)}
    text, camera = change(INLINE, tmp_path, "camera", zones=zones)
    assert camera.zones == zones
    assert text.split("\n")[0].endswith("# all")
    assert text.split("\n")[1:] == INLINE.split("\n")[1:]


def test_nothing_new_changes_not_a_byte(tmp_path: Path) -> None:
    for text, name in ((TWO + "\n\n", "front"), (INLINE, "camera")):
        now = next(each for each in config_of(text, tmp_path).cameras if each.name == name)
        assert edited(text, now, {"zones": now.zones, "lines": now.lines, "rules": now.rules}, alone=False) == text


def test_many_points_stand_below_each_other(tmp_path: Path) -> None:
    arch = [[0.1, 0.1], [0.9, 0.1], *([round(0.9 - 0.01 * n, 4), 0.8] for n in range(80))]
    text, camera = change(INLINE.split("\n", 2)[2], tmp_path, "camera", zones={"arch": ZoneConfig(polygon=arch)})
    assert camera.zones["arch"].polygon == arch
    assert max(map(len, text.split("\n"))) < 40


CUT = """\
[zones.porch]  # here
polygon = [
  [0.1, 0.2],
  [0.5, 0.2],
  [0.5, 0.9],
  # the last
]  # so far
# about rules

# only people
[rules.person]
threshold = 0.7
"""


def test_what_is_said_around_a_zone_stays_when_it_goes(tmp_path: Path) -> None:
    text, camera = change(CUT, tmp_path, "camera", zones={})
    assert camera.zones == {}
    assert text == "# about rules\n\n# only people\n[rules.person]\nthreshold = 0.7\n"


NAMES = st.sampled_from(["porch", "step", "a", "b-1", "zones", "9"])
ZONES = st.builds(
    lambda x, y, exclude, labels: ZoneConfig(
        polygon=[[x, y], [x + 0.2, y], [x, y + 0.3]], exclude=exclude, labels=labels
    ),
    st.sampled_from([0, 0.1, 0.25]),
    st.sampled_from([0, 0.1, 0.5]),
    st.booleans(),
    st.lists(st.sampled_from(["person", "cat"]), max_size=2),
)
LINES = st.builds(
    lambda x, direction: LineConfig(points=[[x, 0.1], [x, 0.9]], direction=direction),
    st.sampled_from([0.1, 0.5]),
    st.sampled_from(["both", "left"]),
)
FILES = st.sampled_from(
    [
        ("", "camera"),
        ("# empty", "camera"),
        (INLINE, "camera"),
        (
            TWO.replace("[zones.porch]\n", "[zones.step]\n").replace("zones.step]\npolygon", "zones.a]\npolygon"),
            "front",
        ),
        ("[zones.a]\npolygon = [[0, 0], [1, 0], [1, 1]]\n# c\n\n# d\n[lines.b-1]\npoints = [[0,0],[1,1]]\n", "camera"),
        ("[lines]\n[zones]\n[zones.porch]\npolygon = [[0, 0], [1, 0], [1, 1]]\n", "camera"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(FILES, st.dictionaries(NAMES, ZONES, max_size=4), st.dictionaries(NAMES, LINES, max_size=3))
def test_the_file_says_what_was_drawn_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
    file: tuple[str, str],
    zones: dict[str, ZoneConfig],
    lines: dict[str, LineConfig],
) -> None:
    text, name = file
    text = text.replace('rules = { person = { zones = ["porch"] } }\n', "")
    folder = tmp_path_factory.mktemp("edit")
    try:
        made, camera = change(text, folder, name, zones=zones, lines=lines)
    except ConfigError as error:
        assert "for all cameras" in str(error)  # noqa: PT017
        return
    assert (camera.zones, camera.lines) == (zones, lines)
    assert [line for line in text.split("\n") if line.startswith("#") and line not in made.split("\n")] == []
