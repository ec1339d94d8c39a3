"""The settings file, changed: nothing else in it is."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from edgedet.errors import ConfigError, ExtraMissing
from edgedet.settings import Settings, load
from edgedet.tune.written import Values, lines_of, write_values

VALUES: Values = {"model.path": "starter-256", "model.threads": 2, "governor.most_fps": 5.5}
TEXT = """# the porch
[source]
uri = "demo:"   # for now

[model]
threads = 1     # was slow

[[camera]]
name = "porch"
"""


def settings(folder: Path, text: str = TEXT, **flags: str) -> Settings:
    file = folder / "edgedet.toml"
    file.write_text(text)
    return load(flags, {}, file)


def test_comments_and_order_stay(tmp_path: Path) -> None:
    before = settings(tmp_path)
    backup = write_values(before, VALUES)
    assert backup is not None
    assert backup.read_text() == TEXT
    text = (tmp_path / "edgedet.toml").read_text()
    assert text.startswith('# the porch\n[source]\nuri = "demo:"   # for now\n\n[model]\nthreads = 2     # was slow\n')
    config = load({}, {}, tmp_path / "edgedet.toml").config
    assert (str(config.model.path), config.model.threads, config.governor.most_fps) == ("starter-256", 2, 5.5)
    assert [camera.name for camera in config.cameras] == ["porch"]
    assert write_values(load({}, {}, tmp_path / "edgedet.toml"), VALUES) is None, "twice changes nothing"


def test_the_lines_by_hand(tmp_path: Path) -> None:
    lines = lines_of(VALUES)
    assert lines == ["[model]", 'path = "starter-256"', "threads = 2", "[governor]", "most_fps = 5.5"]
    assert settings(tmp_path, "\n".join(lines)).config.model.threads == 2


def test_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="edgedet config init"):
        write_values(load({}, {}, None), VALUES)


def test_what_a_flag_says_over_it_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"model\.threads"):
        write_values(settings(tmp_path, **{"model.threads": "3"}), VALUES)
    assert (tmp_path / "edgedet.toml").read_text() == TEXT


def test_values_that_contradict_the_rest_are_refused(tmp_path: Path) -> None:
    text = "[governor]\nfloor_fps = 10\n"
    with pytest.raises(ConfigError, match="floor_fps: 10 is more than most_fps allows"):
        write_values(settings(tmp_path, text), VALUES)
    assert (tmp_path / "edgedet.toml").read_text() == text


def test_without_tomlkit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_tomlkit(name: str, *rest: Any) -> Any:
        if name == "tomlkit":
            raise ImportError(name)
        return real(name, *rest)

    before = settings(tmp_path)
    monkeypatch.setattr(builtins, "__import__", no_tomlkit)
    with pytest.raises(ExtraMissing, match=r"edgedet\[web\]"):
        write_values(before, VALUES)
