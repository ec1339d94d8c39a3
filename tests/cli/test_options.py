from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from edgedet.cli.options import settings_options
from edgedet.config import Config
from edgedet.errors import ConfigError
from edgedet.keys import KEYS
from edgedet.settings import Settings


@click.command()
@settings_options(*Config.model_fields)
def show_all(settings: Settings) -> None:
    config = settings.config
    click.echo(f"{config.source.loop} {config.detect.confidence} {config.model.path} {config.mjpeg.enabled}")


@click.command()
@settings_options("detect")
def show_detect(settings: Settings) -> None:
    click.echo(settings.config.detect.confidence)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_every_flag_of_the_configuration_is_there_with_meaning_and_default() -> None:
    text = " ".join(CliRunner().invoke(show_all, ["--help"], terminal_width=500).stdout.split())
    for key in KEYS.values():
        for flag in filter(None, key.flag.split("/")):
            assert f"{flag} " in text or f"{flag}," in text
        if key.flag:
            assert f"{key.field.description} [default: {key.default_text}]" in text


def test_only_the_sections_asked_for() -> None:
    names = {name for parameter in show_detect.params for name in parameter.opts}
    assert names == {"-c", "--confidence", "--config"}


@pytest.mark.parametrize(
    ("args", "printed"),
    [
        ([], "False 0.5 None True"),
        (["--loop", "-c", "0.7", "-m", "m.tflite", "--no-web"], "True 0.7 m.tflite False"),
        (["--no-loop", "--confidence=1"], "False 1.0 None True"),
        (["--config", "c.toml"], "True 0.25 None True"),
        (["--config", "c.toml", "--no-loop"], "False 0.25 None True"),
    ],
)
def test_flags_become_settings(args: list[str], printed: str) -> None:
    Path("c.toml").write_text("source.loop = true\ndetect.confidence = 0.25\n")
    done = CliRunner().invoke(show_all, args)
    assert done.stdout.strip() == printed


def test_the_environment_counts_and_a_mistake_in_it_is_said() -> None:
    assert CliRunner().invoke(show_detect, env={"EDGEDET_CONFIDENCE": "0.9"}).stdout == "0.9\n"
    done = CliRunner().invoke(show_detect, env={"EDGEDET_THREADS": "many"})
    assert isinstance(done.exception, ConfigError)


def test_which_file_was_used_is_logged() -> None:
    Path("edgedet.toml").write_text("")
    assert "info settings from edgedet.toml" in CliRunner().invoke(show_detect).stderr
