"""What is in the way of the pins, in one line."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from edgedet.cli.gpio import gpio
from edgedet.config.gpio import GpioConfig
from edgedet.errors import ExtraMissing, OutputError
from edgedet.gpio import build_gpio, build_pir
from edgedet.gpio.factory import close_factory, open_factory
from edgedet.gpio.trial import trial
from tests.gpio.pins import Switches


def test_without_gpiozero_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgedet.gpio.find_spec", lambda name: None)
    with pytest.raises(ExtraMissing, match=r"gpiozero isn't installed; install edgedet\[gpio\]"):
        build_gpio(GpioConfig(led="17"), Switches(), None)  # type: ignore[arg-type]


def test_nothing_is_built_where_nothing_is_wired() -> None:
    assert build_gpio(GpioConfig(), Switches(), None) is None  # type: ignore[arg-type]
    assert build_pir(GpioConfig(led="17")) is None


def test_an_unknown_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "nope")
    with pytest.raises(OutputError, match=r"GPIOZERO_PIN_FACTORY: its pins can't be used .*'nope'"):
        open_factory()


def test_what_isnt_a_board_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    if Path("/proc/device-tree/system/linux,revision").exists():
        pytest.skip("this is a board")
    pytest.importorskip("lgpio")
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY")
    with pytest.raises(OutputError, match=r"this isn't a Raspberry Pi; take the pins out of \[gpio\]"):
        open_factory()


def test_without_lgpio_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY")
    for name in [name for name in sys.modules if name.endswith("lgpio")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "lgpio", None)
    with pytest.raises(ExtraMissing, match="apt install python3-lgpio"):
        open_factory()


@pytest.mark.parametrize(
    ("chips", "said"),
    [([], "the kernel shows none"), (["gpiochip0"], "usermod -aG gpio"), (["open"], "can not open gpiochip")],
)
def test_a_chip_that_cant_be_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chips: list[str], said: str
) -> None:
    """On a board by its revision, with lgpio itself: there is no chip here."""
    if importlib.util.find_spec("lgpio") is None or Path("/dev/gpiochip0").exists():
        pytest.skip("needs lgpio, and no chip")
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY")
    monkeypatch.setattr("gpiozero.pins.local.get_pi_revision", lambda: 0xC03114)
    for chip in chips:
        (tmp_path / "gpiochip0").touch()
        monkeypatch.setattr("os.access", lambda path, mode, chip=chip: chip == "open")
    with pytest.raises(OutputError, match=said) as error:
        open_factory(tmp_path)
    assert "\n" not in str(error.value)


def test_lgpio_leaves_nothing_in_the_working_directory(tmp_path: Path) -> None:
    """It is loaded in a fresh process, in a folder that nobody may write to; root may write anywhere, so it is looked
    at afterwards."""
    pytest.importorskip("lgpio")
    import subprocess

    code = (
        "import os\nfrom edgedet.gpio.factory import open_factory\n"
        "try: open_factory()\nexcept Exception as error: print(error)\nprint(os.getcwd(), os.environ.get('LG_WD'))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "GPIOZERO_PIN_FACTORY"}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"{tmp_path} None"
    assert list(tmp_path.iterdir()) == []


def test_a_trial_shows_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edgedet.gpio.trial.ON", 0.01)
    said: list[str] = []
    trial(GpioConfig(led="17", relay="22", privacy_button="27", pir="4"), 0.1, said.append)
    assert said[:2] == ["led 17: on for a second", "relay 22: on for a second"]
    assert sorted(said[2:]) == ["pir 4: quiet", "privacy_button 27: up"]


def test_off_does_nothing_where_nothing_is_wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "nope")
    (tmp_path / "edgedet.toml").write_text("")
    assert CliRunner().invoke(gpio, ["off", "--config", str(tmp_path / "edgedet.toml")]).exit_code == 0


def test_off_frees_the_pins_again(tmp_path: Path) -> None:
    (tmp_path / "edgedet.toml").write_text("[gpio]\nrelay = 22\nrelay_active_high = false")
    for _ in range(2):
        done = CliRunner().invoke(gpio, ["off", "--config", str(tmp_path / "edgedet.toml")])
        assert done.exit_code == 0, done.output
    close_factory(open_factory())
