from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgedet.keys import KEYS
from tests.cli.script import edgedet


def test_init_writes_a_file_that_check_likes_and_overwrites_none(tmp_path: Path) -> None:
    assert edgedet("config", "init", cwd=tmp_path).returncode == 0
    file = tmp_path / "edgedet.toml"
    assert all(f"# {key.short} = " in file.read_text() for key in KEYS.values())
    done = edgedet("config", "check", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "edgedet.toml: ok\n")

    file.write_text("detect.iou = 0.4\n")
    done = edgedet("config", "init", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "edgedet: error: edgedet.toml: already there; give another name, or --force to overwrite it\n"
    )
    assert file.read_text() == "detect.iou = 0.4\n"
    assert edgedet("config", "init", "--force", cwd=tmp_path).returncode == 0
    assert "# iou = 0.5" in file.read_text()


@pytest.mark.parametrize(
    ("path", "said"),
    [("none/x.toml", "No such file or directory"), (".", "already there"), ("/proc/x", "can't be written")],
)
def test_init_where_nothing_can_be_written(tmp_path: Path, path: str, said: str) -> None:
    done = edgedet("config", "init", path, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_check_without_a_file(tmp_path: Path) -> None:
    if Path("/etc/edgedet/edgedet.toml").exists():
        pytest.skip("this machine has an /etc/edgedet/edgedet.toml")
    done = edgedet("config", "check", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_check_says_all_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("[detect]\niou = 2\nzork = 1\n")
    done = edgedet("config", "check", "x.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert [line.split(": ")[2] for line in done.stderr.splitlines()] == ["x.toml:3", "x.toml:2"]


def test_show_says_where_each_value_is_from(tmp_path: Path) -> None:
    (tmp_path / "edgedet.toml").write_text('\n[source]\nuri = "rtsp://u:hunter2@h/live"\n')
    args = ["config", "show", "--no-web"]
    env = {"EDGEDET_PORT": "81"}
    facts = json.loads(edgedet(*args, "--json", cwd=tmp_path, env=env).stdout)
    assert list(facts) == list(KEYS)
    assert facts["source.uri"] == {"value": "rtsp://***@h/live", "origin": "edgedet.toml:3"}
    assert facts["mjpeg.port"] == {"value": 81, "origin": "EDGEDET_PORT"}
    assert facts["mjpeg.enabled"] == {"value": False, "origin": "--no-web"}
    assert facts["model.path"] == {"value": None, "origin": "default"}

    done = edgedet(*args, cwd=tmp_path, env=env)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["source.uri", '"rtsp://***@h/live"', "edgedet.toml:3"] in rows
    assert ["mjpeg.port", "81", "EDGEDET_PORT"] in rows
    assert "hunter2" not in done.stdout + done.stderr


def test_show_and_check_know_cameras_and_what_has_a_name(tmp_path: Path) -> None:
    (tmp_path / "edgedet.toml").write_text(
        '[rules.person]\nhits = 2\n[[camera]]\nname = "front"\nsource.uri = "rtsp://u:hunter2@h/live"\n'
        "detect.iou = 0.4\n"
        '[[camera]]\nname = "back"\nsource.uri = "0"\n'
    )
    assert edgedet("config", "check", cwd=tmp_path).stdout == "edgedet.toml: ok\n"
    done = edgedet("config", "show", "--json", cwd=tmp_path)
    facts = json.loads(done.stdout)
    assert list(facts)[: len(KEYS)] == list(KEYS)
    assert facts["rules.person.hits"] == {"value": 2, "origin": "edgedet.toml:2"}
    assert facts["rules.person.of"] == {"value": 5, "origin": "default"}
    assert facts["camera.front.source.uri"] == {"value": "rtsp://***@h/live", "origin": "edgedet.toml:5"}
    assert facts["camera.front.detect.iou"] == {"value": 0.4, "origin": "edgedet.toml:6"}
    assert facts["camera.back.name"] == {"value": "back", "origin": "edgedet.toml:8"}
    assert "camera.back.detect.iou" not in facts

    (tmp_path / "edgedet.toml").write_text('[rules.person]\nzones = ["porch"]\n')
    done = edgedet("config", "check", cwd=tmp_path)
    assert done.stderr == (
        'edgedet: error: edgedet.toml:2: rules.person.zones: "porch" is no zone; there is none yet, add [zones.porch]\n'
    )
