from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import edgedet.settings.lookup
from edgedet.cli.template import template
from edgedet.config import NAMED, SECTIONS, Config
from edgedet.errors import ConfigError
from edgedet.keys import KEYS, keys_of
from edgedet.settings import Settings, load
from edgedet.toml import render

NO_FILE = Path(os.devnull)
SECTION_LIST = (
    "[source], [model], [detect], [motion], [tracking], [zones.NAME], [lines.NAME], [rules.NAME], [record], [storage], "
    "[retention], [archive], [privacy], [mjpeg], [output], [web], [live], [display], [mqtt], "
    "[notify], [metrics], [governor], [drift], [collect], [gpio], [zoo], [monitor], [service], [[camera]]"
)


def lines_of(toml: str, environ: dict[str, str] | None = None, **flags: Any) -> list[str]:
    """What is said of a settings file, a line each, without the file's folder."""
    path = Path.cwd() / "c.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load({name.replace("__", "."): value for name, value in flags.items()}, environ or {}, path)
    return [line.replace(f"{path.parent}/", "") for line in str(caught.value.args[0]).splitlines()]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(edgedet.settings.lookup, "PLACES", (Path("edgedet.toml"), tmp_path / "etc" / "edgedet.toml"))


# Which layer wins

LAYERS = st.fixed_dictionaries(
    {}, optional={layer: st.integers(1, 99).map(lambda n: n / 100) for layer in ("flag", "short", "long", "file")}
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(LAYERS)
def test_flags_over_environment_over_file_over_defaults(layers: dict[str, float]) -> None:
    file = Path("c.toml")
    file.write_text(f"\n[detect]\nconfidence = {layers['file']}\n" if "file" in layers else "")
    names = {"short": "EDGEDET_CONFIDENCE", "long": "EDGEDET_DETECT_CONFIDENCE"}
    environ = {names[layer]: str(layers[layer]) for layer in names if layer in layers}
    flags = {"detect.confidence": str(layers["flag"])} if "flag" in layers else {}
    if "short" in layers and layers.get("long", layers["short"]) != layers["short"]:
        with pytest.raises(ConfigError, match="says otherwise; unset one"):
            load(flags, environ, file)
        return
    loaded = load(flags, environ, file)
    order = [
        ("flag", "--confidence"),
        ("short", "EDGEDET_CONFIDENCE"),
        ("long", "EDGEDET_DETECT_CONFIDENCE"),
        ("file", "c.toml:3"),
    ]
    winner, origin = next((pair for pair in order if pair[0] in layers), ("", "default"))
    assert loaded.config.detect.confidence == layers.get(winner, 0.5)
    assert loaded.origins["detect.confidence"] == origin
    assert set(loaded.origins) == set(KEYS)


def test_a_wrong_value_that_is_replaced_does_no_harm() -> None:
    Path("c.toml").write_text("[detect]\nconfidence = 7\n")
    assert load({"detect.confidence": "0.4"}, {}, Path("c.toml")).config.detect.confidence == 0.4
    assert load({"model.threads": "2"}, {"EDGEDET_THREADS": "many"}, NO_FILE).config.model.threads == 2


def test_variables_are_unique_and_every_key_has_one() -> None:
    variables = [variable for key in KEYS.values() for variable in key.env]
    assert len(variables) == len(set(variables))
    assert all(key.env[-1] == "EDGEDET_" + name.replace(".", "_").upper() for name, key in KEYS.items())


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("EDGEDET_LOOP", "Yes", "source.loop", True),
        ("EDGEDET_WEB", "0", "mjpeg.enabled", False),
        ("EDGEDET_THREADS", " 3 ", "model.threads", 3),
        ("EDGEDET_SOURCE_FPS", "12.5", "source.fps", 12.5),
        ("EDGEDET_DETECT_CLASS_CONFIDENCE", '{ person = 0.4, "hot dog" = 1 }', "detect.class_confidence", None),
        ("EDGEDET_MODEL", "m.tflite", "model.path", Path("m.tflite")),
        ("EDGEDET_MODEL", "", "model.path", None),
        ("EDGEDET_SOURCE", "0", "source.uri", "0"),
        ("EDGEDET_RECORD_PRE_ROLL", "7", "record.pre_roll", 7.0),
        ("EDGEDET_STORAGE", "/srv/x", "storage.path", Path("/srv/x")),
        ("EDGEDET_PRIVACY_BLUR", '["person"]', "privacy.blur", ["person"]),
        ("EDGEDET_PRIVACY_MASKS", "[[[0, 0], [1, 0], [1, 1]]]", "privacy.masks", [[[0, 0], [1, 0], [1, 1]]]),
    ],
)
def test_texts_are_read_by_type(variable: str, text: str, name: str, value: object) -> None:
    loaded = load({}, {variable: text}, NO_FILE)
    wanted = {"person": 0.4, "hot dog": 1.0} if name == "detect.class_confidence" else value
    assert value_of(loaded, name) == wanted
    assert loaded.origins[name] == variable


def value_of(loaded: Settings, name: str) -> Any:
    section, _, short = name.partition(".")
    return getattr(getattr(loaded.config, section), short)


def test_both_names_of_a_variable_may_agree() -> None:
    loaded = load({}, {"EDGEDET_WEB": "1", "EDGEDET_MJPEG_ENABLED": "true"}, NO_FILE)
    assert loaded.config.mjpeg.enabled is True


def test_the_origin_of_a_switch_names_the_flag_that_was_given() -> None:
    loaded = load({"mjpeg.enabled": False, "source.loop": True}, {}, NO_FILE)
    assert (loaded.origins["mjpeg.enabled"], loaded.origins["source.loop"]) == ("--no-web", "--loop")


# Where the file is, and what its paths mean


def test_where_the_file_is_looked_for(tmp_path: Path) -> None:
    assert load({}, {}).file is None
    (tmp_path / "etc").mkdir()
    for place in ("etc/edgedet.toml", "edgedet.toml", "variable.toml", "flag.toml"):
        Path(place).write_text(f'[source]\nuri = "demo:{place}"\n')
    assert load({}, {}).file == Path("edgedet.toml")
    Path("edgedet.toml").unlink()
    assert load({}, {}).file == tmp_path / "etc" / "edgedet.toml"
    environ = {"EDGEDET_CONFIG": "variable.toml"}
    assert load({}, environ).config.source.uri == "demo:variable.toml"
    assert load({}, environ, Path("flag.toml")).config.source.uri == "demo:flag.toml"
    assert load({}, {"EDGEDET_CONFIG": ""}).file == tmp_path / "etc" / "edgedet.toml"


def test_a_broken_link_is_said_not_passed_over() -> None:
    Path("edgedet.toml").symlink_to("nowhere")
    with pytest.raises(ConfigError, match=r"edgedet\.toml: no such file"):
        load({}, {})


def test_relative_paths_start_from_the_file_or_from_here(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("sub").mkdir()
    monkeypatch.setenv("HOME", "/home/pi")
    Path("sub/c.toml").write_text(
        '[source]\nuri = "clips/*.mp4"\n[model]\npath = "m.tflite"\nlabels = "/abs.txt"\ndelegate = "libedgetpu.so.1"\n'
        '[output]\njsonl = "-"\nvideo = "~/v.mp4"\n'
    )
    loaded = load({"monitor.report": "r.json"}, {}, Path("sub/c.toml")).config
    assert loaded.source.uri == "sub/clips/*.mp4"
    assert (loaded.model.path, loaded.model.labels) == (Path("sub/m.tflite"), Path("/abs.txt"))
    assert (loaded.model.delegate, loaded.output.jsonl) == ("libedgetpu.so.1", "-")
    assert (loaded.output.video, loaded.monitor.report) == (Path("/home/pi/v.mp4"), Path("r.json"))


@pytest.mark.parametrize("uri", ["0", "demo:", "picam:1", "rtsp://h/x", "v4l2:///dev/video0", "/dev/video0", "/a/b"])
def test_what_is_no_relative_path_stays(uri: str) -> None:
    Path("sub").mkdir()
    Path("sub/c.toml").write_text(f'[source]\nuri = "{uri}"\n')
    assert load({}, {}, Path("sub/c.toml")).config.source.uri == uri


# What is said of mistakes


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[detect]\nconfidence = 7", "c.toml:2: detect.confidence: 7 is not a number from 0 to 1, such as 0.5"),
        ("[detect]\nconfidence = nan", "c.toml:2: detect.confidence: nan is not a number from 0 to 1, such as 0.5"),
        ("[detect]\nconfidence = true", "c.toml:2: detect.confidence: true is not a number from 0 to 1, such as 0.5"),
        ('[detect]\nconfidence="0.5"', 'c.toml:2: detect.confidence: "0.5" is not a number from 0 to 1, such as 0.5'),
        ("detect.confidence = 7", "c.toml:1: detect.confidence: 7 is not a number from 0 to 1, such as 0.5"),
        ("detect = { iou = 7 }", "c.toml:1: detect.iou: 7 is not a number from 0 to 1, such as 0.5"),
        ('["detect"]\n"iou" = 7', "c.toml:2: detect.iou: 7 is not a number from 0 to 1, such as 0.5"),
        ("[source]\nwidth = 1e3", "c.toml:2: source.width: 1000 is not a whole number from 0 to 16384"),
        (
            "[source]\nstall_timeout = 0",
            "c.toml:2: source.stall_timeout: 0 is not a number above 0 to 86400, such as 10",
        ),
        ("[source]\nloop = 1", "c.toml:2: source.loop: 1 is not true or false"),
        ("[source]\nuri = 0", "c.toml:2: source.uri: 0 is not text in quotes"),
        (
            '[source]\nformat = "mjpg"',
            'c.toml:2: source.format: "mjpg" is not one of auto, MJPG, YUYV; did you mean MJPG?',
        ),
        ('[source]\nuri = "a\\u0000"', 'c.toml:2: source.uri: "a\\u0000" holds a NUL character; take it out'),
        ("[model]\npath = 2020-01-01", 'c.toml:2: model.path: "2020-01-01" is not a path in quotes'),
        ("[detect]\nconfidnce = 1", "c.toml:2: detect.confidnce: no such key; did you mean detect.confidence?"),
        ("[source]\nconfidence = 1", "c.toml:2: source.confidence: no such key; did you mean detect.confidence?"),
        (
            "[output]\nzzz = 1",
            "c.toml:2: output.zzz: no such key; [output] has jsonl, video",
        ),
        (
            '["a\\nb"]\n',
            f'c.toml:1: "a\\nb": no such section; there are {SECTION_LIST}',
        ),
        (
            'detect.class_confidence = { "\\u001b" = 3 }',
            'c.toml:1: detect.class_confidence."\\u001b": 3 is not a number from 0 to 1, such as 0.4',
        ),
        ("[Detect]", "c.toml:1: Detect: no such section; did you mean [detect]?"),
        ("\nconfidence = 1", "c.toml:2: confidence: no such section; did you mean detect.confidence?"),
        (
            "[zzz]",
            f"c.toml:1: zzz: no such section; there are {SECTION_LIST}",
        ),
        (
            "[[detect]]\niou = 1",
            "c.toml:1: detect: [{ iou = 1 }] stands where a table is wanted; "
            "write [detect] and its keys below, such as confidence",
        ),
        (
            "[detect.class_confidence]\ncat = 0.5\nperson = 3",
            "c.toml:3: detect.class_confidence.person: 3 is not a number from 0 to 1, such as 0.4",
        ),
        (
            "[detect]\nclass_confidence = 0.5",
            "c.toml:2: detect.class_confidence: 0.5 is not a table of numbers, such as { person = 0.4 }",
        ),
        (
            "[detect]\nconfidence = 0x" + "f" * 8000,
            "c.toml:2: detect.confidence: what stands there is not a number from 0 to 1, such as 0.5",
        ),
        (
            "detect.confidence" + ".a" * 2000 + " = 1",
            "c.toml:1: detect.confidence: what stands there is not a number from 0 to 1, such as 0.5",
        ),
    ],
)
def test_mistakes_in_a_file(toml: str, said: str) -> None:
    assert lines_of(toml) == [said]


def test_all_mistakes_are_said_at_once() -> None:
    toml = '[detect]\niou = 2\nzork = 1\n[source]\nwidth = "a"\n[modl]\n'
    said = lines_of(toml, {"EDGEDET_PORT": "x", "EDGEDET_HOTS": "x"}, model__threads="99")
    assert sorted(line.split(": ")[0] for line in said) == sorted(
        ["c.toml:2", "c.toml:3", "c.toml:5", "c.toml:6", "EDGEDET_PORT", "EDGEDET_HOTS", "--threads"]
    )


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"EDGEDET_CONFIDENC": "1"}, "EDGEDET_CONFIDENC: no such setting; did you mean EDGEDET_CONFIDENCE?"),
        ({"EDGEDET_QQQ": "1"}, "EDGEDET_QQQ: no such setting; unset it"),
        (
            {"EDGEDET_CONFIDENCE": "0,5"},
            'EDGEDET_CONFIDENCE: detect.confidence: "0,5" is not a number from 0 to 1, such as',
        ),
        ({"EDGEDET_LOOP": "maybe"}, 'EDGEDET_LOOP: source.loop: "maybe" is not true or false'),
        ({"EDGEDET_THREADS": "9" * 5000}, "EDGEDET_THREADS: model.threads: "),
        ({"EDGEDET_SOURCE": ""}, 'EDGEDET_SOURCE: source.uri: "" is empty; wanted: camera, stream, file'),
        ({"EDGEDET_MODEL": "\udcff"}, "EDGEDET_MODEL: model.path: "),
        (
            {"EDGEDET_DETECT_CLASS_CONFIDENCE": "person=0.4"},
            'EDGEDET_DETECT_CLASS_CONFIDENCE: detect.class_confidence: "person=0.4" is not a table of numbers',
        ),
        (
            {"EDGEDET_DETECT_CLASS_CONFIDENCE": "{ a = 2 }"},
            "EDGEDET_DETECT_CLASS_CONFIDENCE: detect.class_confidence.a: 2 is not a number from 0 to 1",
        ),
        (
            {"EDGEDET_ZONES_PORCH_POLYGON": "[]"},
            "EDGEDET_ZONES_PORCH_POLYGON: zones can't be set by variables; write [zones.NAME] in the settings file",
        ),
        (
            {"EDGEDET_CAMERA_FRONT": "0"},
            "EDGEDET_CAMERA_FRONT: cameras can't be set by variables; write [[camera]] in the settings file",
        ),
        (
            {"EDGEDET_PRIVACY_BLUR": "person"},
            'EDGEDET_PRIVACY_BLUR: privacy.blur: "person" is not a list of texts, such as ["person"]',
        ),
        (
            {"EDGEDET_PRIVACY_MASKS": "[[[0, 0], [1, 0], [1, 3]]]"},
            "EDGEDET_PRIVACY_MASKS: privacy.masks: polygon 1: point 3 [1, 3] lies outside the picture; ",
        ),
        (
            {"EDGEDET_RECORD_PRE_ROLL": "200", "EDGEDET_RECORD_CLIPS": "no"},
            "EDGEDET_RECORD_CLIPS, EDGEDET_RECORD_PRE_ROLL: record.longest: 120 s leave nothing",
        ),
        (
            {"EDGEDET_MODEL": "a", "EDGEDET_MODEL_PATH": "b"},
            'EDGEDET_MODEL_PATH: model.path: "b", but EDGEDET_MODEL says otherwise; unset one',
        ),
    ],
)
def test_mistakes_in_the_environment(environ: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({}, environ | {"EDGEDET_DEBUG": "1"}, NO_FILE)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    "toml", ['[source]\nuri = "rtsp://u:hunter2@h/\\u0000"', '[source]\nuri = "rtsp://u:hunter2@h\n']
)
def test_no_password_is_ever_said(toml: str) -> None:
    assert "hunter2" not in "".join(lines_of(toml))


# Whatever the file holds


def test_the_template_without_its_comment_marks_is_the_default_and_sound_examples() -> None:
    lines = (line[2:] if " = " in line or line.startswith("# [") else line for line in template().splitlines())
    Path("c.toml").write_text("\n".join(lines))
    loaded = load({}, {}, Path("c.toml"))
    assert {name: getattr(loaded.config, name) for name in SECTIONS} == {
        name: kind() for name, kind in SECTIONS.items()
    }
    assert all(origin.startswith("c.toml:") for name, origin in loaded.origins.items() if name[:6] != "camera")
    assert [camera.name for camera in loaded.config.cameras] == ["front"]
    assert {*loaded.config.zones, *loaded.config.lines, *loaded.config.rules} == {"porch", "door", "person"}


ATOMS = ["[", "]", "=", '"', "'", "{", "}", "\n", ".", ",", "#", "\\", "1", "nan", "true", "-", "é", "\0", "\t", '"""']
PIECES = st.sampled_from(
    [f"[{name}]\n" for name in Config.model_fields]
    + ["[[camera]]\n", 'name = "a"\n', '[[camera]]\nname = "b"\nsource.uri = "0"\n', "[camera.detect]\n"]
    + [f"[{owner}{kind}.a]\n" for kind in NAMED for owner in ("", "camera.")]
    + [f"{key.short} = {render(key.field.default)}\n" for kind in NAMED for key in keys_of(NAMED[kind], kind).values()]
    + ["polygon = [[0, 0], [1, 0],\n[1, 1]]\n", "points = [[0, 0], [1, 7]]\n", 'zones = ["a"]\n', "masks = [[[0.5]]]\n"]
    + [f"{key.short} = {render(key.field.default)}\n" for key in KEYS.values()]
    + [f"{name} = 3\n" for name in KEYS]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(
    st.lists(PIECES | st.sampled_from(ATOMS) | st.text(max_size=3), max_size=30).map("".join) | st.binary(max_size=99)
)
def test_any_text_is_settings_or_a_mistake_with_a_line(text: str | bytes) -> None:
    path = Path("c.toml")
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        problems = [] if isinstance(load({}, {}, path).config, Config) else ["no Config"]
    except ConfigError as error:
        problems = error.args[0].split("\n")
    assert all(line.startswith("c.toml:") for line in problems)
