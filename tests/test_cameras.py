"""Tables with names and several cameras in the settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgedet.archive import build_archive
from edgedet.config import CameraConfig, Config, DetectConfig
from edgedet.errors import ConfigError
from edgedet.settings import Settings, load
from edgedet.toml import render

SQUARE = "[[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]"
FRONT = '[[camera]]\nname = "front"\nsource = { uri = "demo:" }\n'
BACK = '[[camera]]\nname = "back"\nsource = { uri = "0" }\n'


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(toml: str, environ: dict[str, str] | None = None, **flags: Any) -> Settings:
    Path("c.toml").write_text(toml, encoding="utf-8")
    return load({name.replace("__", "."): value for name, value in flags.items()}, environ or {}, Path("c.toml"))


def lines_of(toml: str, environ: dict[str, str] | None = None, **flags: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(toml, environ, **flags)
    return str(caught.value.args[0]).split("\n")


# What a camera has


def test_without_cameras_there_is_one_of_the_tables_for_all() -> None:
    config = loaded(f"detect.iou = 0.4\n[source]\nuri = '0'\n[zones.porch]\npolygon = {SQUARE}\n").config
    (camera,) = config.cameras
    assert (camera.name, camera.source.uri, camera.detect.iou, list(camera.zones)) == ("camera", "0", 0.4, ["porch"])
    assert Config(detect=DetectConfig(iou=0.3)).cameras[0].detect.iou == 0.3


def test_a_camera_overrides_key_by_key_and_adds_or_replaces_what_has_a_name() -> None:
    toml = f"""
[source]
transport = "udp"
[detect]
confidence = 0.6
iou = 0.4
[zones.street]
polygon = {SQUARE}
[zones.porch]
polygon = {SQUARE}
exclude = true
{FRONT}detect.confidence = 0.3
record = {{ continuous = true }}
[camera.zones.porch]
polygon = [[0, 0], [1, 0], [1, 1]]
[camera.zones.step]
polygon = [[0, 0], [1, 0], [1, 1]]
{BACK}source.transport = "tcp"
""".replace('source = { uri = "0" }\nsource', 'source.uri = "0"\nsource')
    front, back = loaded(toml).config.cameras
    assert (front.source.uri, front.source.transport, back.source.uri, back.source.transport) == (
        "demo:",
        "udp",
        "0",
        "tcp",
    )
    assert (front.detect.confidence, front.detect.iou) == (0.3, 0.4)
    assert (back.detect.confidence, back.detect.iou) == (0.6, 0.4)
    assert (front.record.continuous, back.record.continuous) == (True, False)
    assert (set(front.zones), set(back.zones)) == ({"street", "porch", "step"}, {"street", "porch"})
    assert (front.zones["porch"].exclude, back.zones["porch"].exclude) == (False, True)


def test_flags_and_variables_win_over_every_camera() -> None:
    toml = FRONT + "detect.confidence = 0.3\nsource.width = 640\n".replace("source.width = 640\n", "") + BACK
    made = loaded(toml, {"EDGEDET_RECORD_PRE_ROLL": "9"}, detect__confidence="0.8", source__loop=True)
    assert [camera.detect.confidence for camera in made.config.cameras] == [0.8, 0.8]
    assert all(camera.source.loop and camera.record.pre_roll == 9 for camera in made.config.cameras)
    assert "camera.front.detect.confidence" not in made.origins
    assert made.origins["detect.confidence"] == "--confidence"
    assert made.origins["camera.front.source.uri"] == "c.toml:3"


def test_a_source_on_the_command_line_is_for_a_single_camera() -> None:
    assert loaded(FRONT, source__uri="1").config.cameras[0].source.uri == "1"
    said = "--source: source.uri: there are 2 cameras (c.toml:1), each with its own; leave it out"
    assert lines_of(FRONT + BACK, source__uri="1") == [said]
    assert lines_of(FRONT + BACK, {"EDGEDET_SOURCE": "1"}) == [said.replace("--source", "EDGEDET_SOURCE")]


def test_paths_of_a_camera_start_from_the_file() -> None:
    Path("sub").mkdir()
    Path("sub/c.toml").write_text('[[camera]]\nname = "a"\nsource.uri = "clips/x.mp4"\n')
    assert load({}, {}, Path("sub/c.toml")).config.cameras[0].source.uri == "sub/clips/x.mp4"


# What is said of mistakes


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            f"[zones.porch]\npolygon = {SQUARE}\nexclde = true",
            "c.toml:3: zones.porch.exclde: no such key; did you mean zones.porch.exclude?",
        ),
        (
            f"[zones.porch]\npolygon = {SQUARE}\ncolour = 1",
            "c.toml:3: zones.porch.colour: no such key; zones.porch has polygon, exclude, labels",
        ),
        (
            "[rules.person]\nhits = 2.5",
            "c.toml:2: rules.person.hits: 2.5 is not a whole number from 1 to 100, such as 3",
        ),
        (
            "[zones.porch]\npolygon = [\n  [0, 0],\n  [1, 0],\n  [1, true],\n]",
            "c.toml:5: zones.porch.polygon: point 3: [1, true] is not a point [x, y] of numbers, such as [0.5, 0.5]",
        ),
        (
            "[zones.porch]\npolygon = 3",
            "c.toml:2: zones.porch.polygon: 3 is not a list of points, such as [[0.1, 0.5], [0.6, 0.5], [0.6, 1]]",
        ),
        (
            f"[zones.porch]\npolygon = {SQUARE}\nlabels = ['a', 5]",
            "c.toml:3: zones.porch.labels: text 2: 5 is not text in quotes",
        ),
        (
            "[privacy]\nblur = ['person',\n'']",
            'c.toml:3: privacy.blur: text 2: "" is empty; take it out',
        ),
        ("[privacy]\nblur = 'person'", 'c.toml:2: privacy.blur: "person" is not a list of texts, such as ["person"]'),
        (
            "[lines.door]\npoints = [[0, 0], [1, 0]]\ndirection = 'lft'",
            'c.toml:3: lines.door.direction: "lft" is not one of both, left, right; did you mean left?',
        ),
        (
            "# x\n[rules.person]\nthreshold = 0.3\nmin_score = 0.5",
            "c.toml:4: rules.person.min_score: 0.5 is above threshold 0.3; lower it",
        ),
        (
            "# x\n[rules.person]\nthreshold = 0.3",
            "c.toml:2: rules.person.min_score: 0.4 is above threshold 0.3; lower it",
        ),
        (
            "[zones.porch]\nexclude = true",
            "c.toml:1: zones.porch.polygon: no points, but it takes at least 3; add some, each as [x, y]",
        ),
        (
            "[rules.person]\nschedule = '''mno\n\u001b\u2028'''".replace("\u001b", ""),
            'c.toml:2: rules.person.schedule: "mno" is no day of the week; did you mean mon?',
        ),
        (
            "[zones]\npolygon = 3",
            "c.toml:2: zones.polygon: 3 stands where a table is wanted; "
            "write [zones.NAME] and its keys below, such as polygon",
        ),
        (
            "zones = 3",
            "c.toml:1: zones: 3 stands where a table is wanted; write [zones.NAME] and its keys below, such as polygon",
        ),
        (
            '[rules."my rule"]',
            "c.toml:1: rules.my rule: a rule's name is letters, digits, - and _, at most 64; choose another",
        ),
        ("[zone.porch]", "c.toml:1: zone: no such section; did you mean [zones.NAME]?"),
        ("[[cameras]]", "c.toml:1: cameras: no such section; did you mean [[camera]]?"),
        ("polygon = 1", "c.toml:1: polygon: no such section; did you mean zones.NAME.polygon?"),
        (
            "[rules.person]\nzones = ['prch']\n[zones.porch]\npolygon = " + SQUARE,
            'c.toml:2: rules.person.zones: "prch" is no zone; did you mean porch?',
        ),
        (
            "[retention.cameras]\nyard = 3",
            'c.toml:1: retention.cameras: "yard" is no camera; there are camera',
        ),
    ],
)
def test_mistakes_in_tables_with_a_name(toml: str, said: str) -> None:
    assert lines_of(toml) == [said]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[camera]\nname = 'x'", 'c.toml:1: camera: { name = "x" } stands where a list of tables is wanted; '),
        ("camera = [1]", "c.toml:1: camera 1: 1 stands where a table is wanted; write [[camera]] and its keys below"),
        (FRONT + "[[camera]]\nsource.uri = '0'", "c.toml:4: camera 2: name is missing; add name = "),
        (
            "[[camera]]\nname = 'my cam'\nsource.uri = '0'",
            'c.toml:2: camera 1: name: "my cam": a camera\'s name is letters, digits, - and _, at most 64',
        ),
        ("[[camera]]\nname = 5\nsource.uri = '0'", "c.toml:2: camera 1: name: 5: a camera's name is"),
        (FRONT + FRONT, "c.toml:5: camera.front: c.toml:2 has this name already; choose another"),
        (FRONT + "uri = '0'", "c.toml:4: camera.front.uri: no such key; did you mean source.uri?"),
        (FRONT + "detct.iou = 1", "c.toml:4: camera.front.detct: no such key; did you mean detect?"),
        (FRONT + "mjpeg.port = 1", "c.toml:4: camera.front.mjpeg: is for all cameras; write it as [mjpeg]"),
        (FRONT + "zzz = 1", "c.toml:4: camera.front.zzz: no such key; a camera has name, source, detect, motion"),
        (
            FRONT + "detect.iuo = 1",
            "c.toml:4: camera.front.detect.iuo: no such key; did you mean camera.front.detect.iou?",
        ),
        (FRONT + "detect.iou = 7", "c.toml:4: camera.front.detect.iou: 7 is not a number from 0 to 1, such as 0.5"),
        (
            FRONT + "detect = 7",
            "c.toml:4: camera.front.detect: 7 stands where a table is wanted; write detect = { conf",
        ),
        (
            FRONT + "zones.a = 7",
            "c.toml:4: camera.front.zones.a: 7 stands where a table is wanted; write zones.NAME = {",
        ),
        (
            FRONT + "[camera.zones.a]\npolygon = [[0, 0], [1, 0],\n[1, 2]]",
            "c.toml:5: camera.front.zones.a.polygon: point 3 [1, 2] lies outside the picture",
        ),
        ("[[camera]]\nname = 'front'", "c.toml:1: camera.front: source.uri is missing; add source = { uri"),
        (
            f"{FRONT}zones.porch.polygon = {SQUARE}\n{BACK}[rules.person]\nzones = ['porch']",
            'c.toml:9: camera.back.rules.person.zones: "porch" is no zone; there is none yet',
        ),
        (
            f"{FRONT}{BACK}[rules.person]\nzones = ['porch']",
            'c.toml:8: rules.person.zones: "porch" is no zone; there is none yet',
        ),
        (f"{FRONT}{BACK}[detect]\niou = 7", "c.toml:8: detect.iou: 7 is not a number"),
    ],
)
def test_mistakes_in_cameras(toml: str, said: str) -> None:
    (line,) = lines_of(toml)
    assert line.startswith(said)


def test_labels_are_checked_once_the_model_is_known() -> None:
    toml = f"{FRONT}privacy.blur = ['persn']\nzones.a = {{ polygon = {SQUARE}, labels = ['cat'] }}\n[rules.dgo]\n"
    made = loaded(toml)
    made.check_labels(["persn", "cat", "dgo"])
    with pytest.raises(ConfigError) as caught:
        made.check_labels(["person", "dog"])
    assert str(caught.value.args[0]).split("\n") == [
        'c.toml:5: zones.a.labels: "cat" is no label; there are dog, person',
        'c.toml:6: rules.dgo: "dgo" is no label of the model; did you mean dog?',
        'c.toml:4: privacy.blur: "persn" is no label of the model; did you mean person?',
    ]


# Whatever way it is written

WAYS = ("dotted", "inline", "table", "long")
KEY_VALUES = st.sampled_from(
    [("detect", "iou", 0.25), ("record", "pre_roll", 3), ("motion", "enabled", False), ("tracking", "confirm", 4)]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(KEY_VALUES, max_size=3, unique_by=lambda each: each[0]),
            st.sampled_from(WAYS),
            st.integers(0, 2),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_every_value_of_a_camera_is_found_on_its_line(cameras: list[tuple[Any, str, int]]) -> None:
    lines: list[str] = []
    expected: dict[str, tuple[int, Any]] = {}
    for number, (values, way, blank) in enumerate(cameras):
        lines += ["# [[camera]] name = '''"] * blank
        lines += ["[[camera]]", f'name = "c{number}"', 'source = { uri = "0" } # { }']
        expected[f"camera.c{number}.name"] = (len(lines) - 1, f"c{number}")
        for section, key, value in values:
            written = {
                "dotted": [f"{section}.{key} = {render(value)}"],
                "inline": [f"{section} = {{ {key} = {render(value)} }}"],
                "table": [f"[camera.{section}]", f"{key} = {render(value)}"],
                "long": [f'["camera" . {section}] # x', "", f"'{key}' = {render(value)}"],
            }[way]
            lines += written
            expected[f"camera.c{number}.{section}.{key}"] = (len(lines), value)
        zone = [f"[camera.zones.z{number}]", "polygon = [", "  [0, 0], # ]", "  [1, 0],", "  [1, 1],", "]"]
        expected[f"camera.c{number}.zones.z{number}.polygon"] = (len(lines) + 2, [[0, 0], [1, 0], [1, 1]])
        lines += zone
    made = loaded("\n".join(lines))
    by_name = {camera.name: camera for camera in made.config.cameras}
    for name, (line, value) in expected.items():
        assert made.origins[name] == f"c.toml:{line}"
        assert value_of(by_name[name.split(".")[1]], name.split(".")[2:]) == value


def value_of(camera: CameraConfig, steps: list[str]) -> Any:
    value: Any = camera
    for step in steps:
        value = value[step] if isinstance(value, dict) else getattr(value, step)
    return value


def test_a_workstation_has_a_bucket_and_no_events_of_its_own(tmp_path: Path) -> None:
    """``edgedet archive catalogue`` reads what cameras have put there; only one that runs needs a storage."""
    file = tmp_path / "edgedet.toml"
    file.write_text("[archive]\nbucket = 's3://film'\n")
    config = load({}, {}, file).config
    with pytest.raises(ConfigError, match=r"set storage\.path"):
        build_archive(config)
