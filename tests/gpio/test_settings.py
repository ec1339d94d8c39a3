"""What [gpio] may say."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpiozero.pins.pi import PiBoardInfo

from edgedet.config.gpio import gpio_number
from edgedet.errors import ConfigError
from edgedet.settings import Settings, load


def settings(folder: Path, text: str) -> Settings:
    file = folder / "edgedet.toml"
    file.write_text(text)
    return load({}, {}, file)


def test_a_name_means_the_pin_that_gpiozero_means() -> None:
    """Asked of gpiozero's own table, of a Pi 3B and a Pi 5."""
    for revision in (0xA02082, 0xC04170):
        board = PiBoardInfo.from_revision(revision)
        names = [f"BOARD{n}" for n in range(1, 41)] + [f"J8:{n}" for n in range(1, 41)]
        names += [f"{kind}{n}" for kind in ("GPIO", "BCM", "") for n in range(28)]
        for name in names:
            said = {info.name for _, info in board.find_pin(name)}
            if any(each.startswith("GPIO") for each in said):
                assert {f"GPIO{gpio_number(name)}"} == said
            else:
                with pytest.raises(ValueError, match="is no GPIO; of the header these are: 3, 5, 7"):
                    gpio_number(name)


def test_pins_are_given_as_numbers_or_names(tmp_path: Path) -> None:
    given = settings(tmp_path, '[gpio]\nled = 17\nrelay = "BOARD16"\npir = "gpio4"').config.gpio
    assert given.pins == {"led": "17", "relay": "BOARD16", "pir": "gpio4"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[gpio]\nled = 28", 'toml:2: gpio.led: "28" doesn\'t exist; the header has GPIO0 to GPIO27'),
        ('[gpio]\nled = "BOARD1"', 'gpio.led: "BOARD1" is no GPIO; of the header these are: 3,'),
        ('[gpio]\nled = "LED0"', 'gpio.led: "LED0" is no pin; name it as 17, "GPIO17" or "BOARD11"'),
        ("[gpio]\nled = -1", 'gpio.led: "-1" is no pin'),
        ("[gpio]\nled = true", "gpio.led: true is not text"),
        ('[gpio]\nled = 17\nrelay = "BOARD11"', 'toml:3: gpio.relay: "BOARD11" is the pin of led too'),
        ('[gpio]\nrelay = 5\nrelay_rules = ["nigth"]\n[rules.night]\n', '"nigth" is no rule; did you mean night?'),
        ('[gpio]\npir = 4\npir_cameras = ["x"]', 'gpio.pir_cameras: "x" is no camera; there are camera'),
        ('[gpio]\npir = 4\npir_mode = "and"\n[motion]\nenabled = false', "gpio.pir_mode: and needs the picture"),
        ('[gpio]\npir = 4\n[privacy]\nblur = ["person"]', "gpio.pir_mode: alone would let camera show"),
    ],
)
def test_what_cant_be_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        settings(tmp_path, text)
    assert said in str(error.value)


def test_a_label_that_the_model_doesnt_know_is_refused(tmp_path: Path) -> None:
    given = settings(tmp_path, '[gpio]\nrelay = 5\nrelay_labels = ["persn"]')
    with pytest.raises(ConfigError, match="did you mean person"):
        given.check_labels(("person", "cat"))


def test_blurring_goes_with_a_sensor_that_only_adds_to_the_picture(tmp_path: Path) -> None:
    settings(tmp_path, '[gpio]\npir = 4\npir_mode = "or"\n[privacy]\nblur = ["person"]')
