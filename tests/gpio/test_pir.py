"""A motion sensor, and what the motion gate makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from gpiozero import Device

from edgedet.config import Config
from edgedet.config.gpio import GpioConfig
from edgedet.config.motion import MotionConfig
from edgedet.events.motion import MotionGate, Outside
from edgedet.gpio.pir import Pir
from edgedet.types import Frame
from edgedet.watcher import Watcher
from tests.drivers import PictureSource, blank
from tests.gpio.pins import pin, serving


def opened(hold: float = 5) -> tuple[Pir, list[float]]:
    clock = [100.0]
    pir = Pir(GpioConfig(pir="4", pir_hold=hold), lambda: clock[0])
    Device.ensure_pin_factory()
    pir.open(Device.pin_factory)
    return pir, clock


def test_it_holds_for_a_while_after_it_fell_quiet() -> None:
    pir, clock = opened(hold=5)
    clock[0] = 200
    assert not pir.moves()
    pin(4).drive_high()
    assert pir.moves()
    clock[0] = 1000
    assert pir.moves()
    pin(4).drive_low()
    clock[0] = 1004.9
    assert pir.moves()
    clock[0] = 1005.1
    assert not pir.moves()
    pir.close()


def test_while_it_cant_be_read_everything_is_looked_at() -> None:
    pir = Pir(GpioConfig(pir="4", pir_hold=0))
    assert pir.moves()
    with serving(sensor=pir, pir="4", pir_hold=0):
        assert not pir.moves()
    assert pir.moves()


def frames(images: list[np.ndarray]) -> list[Frame]:
    source = PictureSource(blank())
    first = source.read()
    assert first is not None
    return [replace(first, image=each, index=i, elapsed=i / 10) for i, each in enumerate(images)]


def looked(mode: str, moves: set[int], picture: set[int], count: int = 100) -> set[int]:
    """At which of the frames a gate looks, if the sensor and the picture say so at these; it looks every 1000 s."""
    images = []
    for i in range(count):
        image = blank()
        if i in picture:
            image[40:90, 10 + 5 * (i % 20) : 50 + 5 * (i % 20)] = 250
        images.append(image)
    current = 0
    gate = MotionGate(MotionConfig(every=1000), Outside(lambda: current in moves, mode))  # type: ignore[arg-type]
    found = set()
    for current, frame in enumerate(frames(images)):
        if gate(frame):
            found.add(current)
    return found


def test_each_mode_asks_whom_it_names() -> None:
    sensor, picture = set(range(30, 40)), set(range(35, 60))
    alone = looked("alone", sensor, picture)
    assert {0, *range(30, 49)} <= alone <= {0, *range(30, 51)}  # and a second after
    either = looked("or", sensor, picture)
    assert set(range(30, 60)) <= either
    assert not set(range(15, 30)) & either
    both = looked("and", sensor, picture)
    assert set(range(35, 40)) <= both
    assert not set(range(15, 35)) & both
    assert not set(range(52, 100)) & both


def test_a_quiet_room_is_looked_at_every_few_seconds_all_the_same() -> None:
    gate = MotionGate(MotionConfig(every=2), Outside(lambda: False, "alone"))
    seen = [frame.elapsed for frame in frames([blank()] * 100) if gate(frame)]
    assert seen == pytest.approx([0, 2, 4, 6, 8])


@pytest.mark.parametrize(("live", "asked"), [(True, True), (False, False)])
def test_a_film_is_looked_at_whatever_a_sensor_says(live: bool, asked: bool) -> None:
    config = Config(motion=MotionConfig(enabled=False)).cameras[0]
    calls = []

    def moves() -> bool:
        calls.append(1)
        return False

    watcher = Watcher(config, ("person",), live, Outside(moves, "alone"))
    looks = [frame for frame in frames([blank()] * 5) if watcher.wants(frame)]
    assert len(looks) == (1 if asked else 5)
    assert bool(calls) == asked


def test_it_watches_for_the_cameras_it_is_told() -> None:
    pir = Pir(GpioConfig(pir="4", pir_cameras=["front"]))
    assert pir.of("front") is not None
    assert pir.of("back") is None
