"""A running program takes over a changed settings file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgedet.cli.reload import reload
from edgedet.config import Config
from edgedet.errors import ConfigError, EdgedetError
from edgedet.pidfile import PidFile, started
from edgedet.reload import LIVE, plan, reread
from edgedet.running import running
from edgedet.settings import load

SQUARE = "[[0, 0], [0.5, 0], [0.5, 0.5], [0, 0.5]]"
OLD = f"""
[detect]
confidence = 0.5
[zones.porch]
polygon = {SQUARE}
[rules.person]
zones = ["porch"]
"""
CAMERAS = '[[camera]]\nname = "front"\nsource.uri = "0"\n[[camera]]\nname = "back"\nsource.uri = "1"\n'


def config(toml: str) -> Config:
    path = Path("made.toml")
    path.write_text(toml)
    return load({}, {}, path).config


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)


# What is taken over


def test_what_can_change_changes_and_the_rest_waits() -> None:
    old = config(OLD)
    new = config(
        OLD.replace("0.5\n[zones", "0.7\n[zones")
        + "threshold = 0.9\n[rules.dog]\n[retention]\ndays = 3\n[mjpeg]\nport = 81\n[source]\nuri = '0'\n"
    )
    change = plan(old, new)
    assert change.apply == {"camera": ("detect.confidence", "rules.person.threshold", "rules.dog")}
    assert change.shared == ("retention.days",)
    assert change.restart == ("mjpeg.port", "source.uri")
    assert (change.config.source, change.config.mjpeg) == (old.source, old.mjpeg)
    assert (change.config.detect, change.config.rules, change.config.retention) == (
        new.detect,
        new.rules,
        new.retention,
    )
    assert change.lines == [
        "applied: retention.days, detect.confidence, rules.person.threshold, rules.dog",
        "needs a restart: mjpeg.port, source.uri",
    ]


def test_each_camera_has_its_own_changes() -> None:
    old = config(CAMERAS + OLD)
    new = config(CAMERAS.replace('"1"', '"2"').replace('"0"', '"0"\ndetect.iou = 0.3') + OLD)
    change = plan(old, new)
    assert change.apply == {"front": ("detect.iou",)}
    assert change.restart == ("camera.back.source.uri",)
    assert change.lines[0] == "applied: camera.front.detect.iou"
    front, back = change.config.cameras
    assert (front.detect.iou, back.source.uri) == (0.3, "1")


def test_cameras_that_come_or_go_wait() -> None:
    old, new = config(CAMERAS), config(CAMERAS.replace("back", "yard"))
    change = plan(old, new)
    assert change.restart == ("camera.back", "camera.yard")
    assert [camera.name for camera in change.config.cameras] == ["front", "back"]
    assert plan(config(OLD), config(CAMERAS)).restart == ("camera.back", "camera.camera", "camera.front")


EDITS = st.lists(
    st.sampled_from(
        ["detect.iou = 0.3", "detect.confidence = 0.6", "motion.every = 9", "record.pre_roll = 2", "retention.days = 3",
         "model.threads = 2", "mjpeg.port = 81", "source.width = 640", "storage.path = 'x'", "tracking.confirm = 3",
         f"zones.a.polygon = {SQUARE}", "rules.cat.hits = 2", "rules.person.hits = 1", "privacy.blur = ['person']"]
    ),
    unique=True,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(EDITS, EDITS, st.booleans(), st.booleans())
def test_after_a_step_only_what_waits_is_left(one: list[str], other: list[str], several: bool, alone: bool) -> None:
    cameras = CAMERAS if several else CAMERAS.split('[[camera]]\nname = "back"')[0] if alone else ""
    old, new = (config("\n".join(lines) + "\n" + cameras) for lines in (one, other))
    change = plan(old, new)
    again = plan(change.config, new)
    assert (again.apply, again.shared, again.restart) == ({}, (), change.restart)
    assert plan(new, new).lines == ["nothing has changed"]
    waiting = {name.removeprefix("camera.front.").removeprefix("camera.back.").split(".")[0] for name in change.restart}
    assert not waiting & LIVE
    if not change.restart:
        assert change.config.cameras == new.cameras


def test_a_bad_file_is_refused_and_the_flags_still_count() -> None:
    path = Path("c.toml")
    path.write_text(OLD)
    before = load({"detect.iou": "0.2"}, {}, path)
    path.write_text(OLD + "hits = 9\n")
    with pytest.raises(ConfigError, match=r"c\.toml:8: rules\.person\.hits: 9 can't be found in 5 looks"):
        reread(before)
    path.write_text(OLD + "hits = 2\n[rules.dgo]\n")
    with pytest.raises(ConfigError, match=r'c\.toml:9: rules\.dgo: "dgo" is no label of the model; did you mean dog'):
        reread(before, ["person", "dog"])
    after, change = reread(before)
    assert change.apply == {"camera": ("rules.person.hits", "rules.dgo")}
    assert (after.config.detect.iou, after.config.rules["person"].hits) == (0.2, 2)
    assert after.origins["rules.person.hits"] == "c.toml:8"


# Who runs with it

CAMERA = """
import signal, sys, threading
from pathlib import Path
from edgedet.errors import ConfigError
from edgedet.pidfile import Answer, PidFile
from edgedet.reload import reread
from edgedet.settings import load

path, deaf = Path(sys.argv[1]), len(sys.argv) > 2
settings, asked, done = load({}, {}, path), threading.Event(), threading.Event()
signal.signal(signal.SIGHUP, lambda *_: asked.set())
signal.signal(signal.SIGTERM, lambda *_: (done.set(), asked.set()))
with PidFile(path) as pid:
    print("ready", flush=True)
    while not done.is_set():
        if asked.wait(0.05):
            asked.clear()
            try:
                settings, change = reread(settings)
                if not deaf:
                    pid.answer(Answer(True, tuple(change.lines)))
            except ConfigError as error:
                pid.answer(Answer(False, tuple(str(error.args[0]).splitlines())))
"""


@pytest.fixture
def camera() -> Iterator[subprocess.Popen[str]]:
    Path("edgedet.toml").write_text(OLD)
    with start() as process:
        yield process
        process.terminate()


def start(*more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CAMERA, "edgedet.toml", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ask() -> Result:
    return CliRunner().invoke(reload, ["--config", "edgedet.toml"])


def test_a_running_program_is_found_asked_and_answers(camera: subprocess.Popen[str], tmp_path: Path) -> None:
    assert [each.pid for each in running(tmp_path / "edgedet.toml")] == [camera.pid]
    assert running(tmp_path / "other.toml") == []
    assert ask().stdout == "nothing has changed\n"
    Path("edgedet.toml").write_text(OLD + "hits = 2\n[model]\nthreads = 1\n")
    assert ask().stdout == "applied: rules.person.hits\nneeds a restart: model.threads\n"
    camera.terminate()
    assert camera.wait(5) == 0
    assert list(tmp_path.glob("edgedet/*")) == []


def test_a_bad_file_isnt_even_sent(camera: subprocess.Popen[str]) -> None:
    Path("edgedet.toml").write_text("[detect]\niou = 7\n")
    done = ask()
    assert isinstance(done.exception, ConfigError)
    assert str(done.exception) == "edgedet.toml:2: detect.iou: 7 is not a number from 0 to 1, such as 0.5"
    assert camera.poll() is None


def test_nobody_runs_with_it() -> None:
    Path("edgedet.toml").write_text("")
    assert "no edgedet of yours runs with it; start one with" in str(ask().exception)


def test_a_program_that_says_nothing_is_named(tmp_path: Path) -> None:
    Path("edgedet.toml").write_text(OLD)
    with start("deaf") as process:
        (found,) = running(Path("edgedet.toml"))
        begin = time.monotonic()
        with pytest.raises(EdgedetError, match=rf"process {process.pid}: no answer within 0\.5 s"):
            found.ask(seconds=0.5)
        assert time.monotonic() - begin < 2
        process.kill()
        process.wait()
        with pytest.raises(EdgedetError, match="has just ended"):
            found.ask(signal.SIGHUP)
    assert running(Path("edgedet.toml")) == []
    assert list(tmp_path.glob("edgedet/*")) == []


def test_a_number_given_away_again_is_no_edgedet(tmp_path: Path) -> None:
    """The file says this process's number, but one that began at another time: it must not be signalled."""
    folder = tmp_path / "edgedet"
    folder.mkdir()
    left = {"pid": os.getpid(), "started": (started(os.getpid()) or 0) - 1, "settings": str(tmp_path / "edgedet.toml")}
    (folder / "1.json").write_text(json.dumps(left))
    assert running(tmp_path / "edgedet.toml") == []
    assert list(folder.iterdir()) == []


def test_files_that_say_nonsense_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "edgedet"
    folder.mkdir()
    for number, text in enumerate(["", "{", "[]", '{"pid": "x", "started": 1}', '{"pid": 1}']):
        (folder / f"{number}.json").write_text(text)
    assert running(tmp_path / "edgedet.toml") == []


def test_two_programs_with_one_file_are_both_found(tmp_path: Path) -> None:
    Path("edgedet.toml").write_text(OLD)
    with start() as one, start() as other:
        assert {each.pid for each in running(Path("edgedet.toml"))} == {one.pid, other.pid}
        assert ask().stdout == "nothing has changed\n" * 2
        one.terminate()
        other.terminate()


def test_without_a_folder_the_program_runs_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with PidFile(tmp_path / "c.toml", [tmp_path / "none" / "x", Path("/proc/x")]):
        pass
    assert "edgedet reload won't find this process" in caplog.text
