"""Lamp, button and relay on pretended pins."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest
from gpiozero import Device

from edgedet.config.gpio import GpioConfig
from edgedet.errors import OutputError
from edgedet.gpio.relay import Relay
from edgedet.gpio.service import Gpio
from tests.gpio.pins import Switches, change, pin, serving, wait_until


def test_the_lamp_shines_while_any_event_is_open() -> None:
    with serving(led="17") as gpio:
        gpio.hear(change("start", "a"))
        wait_until(lambda: pin(17).state)
        gpio.hear(change("start", "b"))
        gpio.hear(change("end", "a"))
        time.sleep(0.05)
        assert pin(17).state
        assert gpio.report() == {"led": True}
        gpio.hear(change("end", "b"))
        wait_until(lambda: not pin(17).state)


def test_the_lamp_blinks_if_it_is_to() -> None:
    with serving(led="17", led_blink=True) as gpio:
        gpio.hear(change())
        wait_until(lambda: len(pin(17).states) >= 4)
        gpio.hear(change("end"))
        wait_until(lambda: not pin(17).state)
        time.sleep(0.6)
        assert not pin(17).state


def test_a_press_makes_all_private_and_the_next_lets_all_see() -> None:
    switches = Switches()
    switches.private["back"] = True
    with serving(switches, privacy_button="BOARD13"):
        pin(27).drive_low()
        wait_until(lambda: all(switches.private.values()))
        pin(27).drive_high()
        time.sleep(0.05)
        assert all(switches.private.values())
        pin(27).drive_low()
        wait_until(lambda: not any(switches.private.values()))


def test_a_button_that_must_be_held_ignores_a_touch() -> None:
    switches = Switches()
    with serving(switches, privacy_button="27", privacy_hold=0.2):
        pin(27).drive_low()
        time.sleep(0.05)
        pin(27).drive_high()
        time.sleep(0.3)
        assert not any(switches.private.values())
        pin(27).drive_low()
        wait_until(lambda: all(switches.private.values()))


def test_a_switch_that_cant_be_written_down_doesnt_end_the_service(caplog: pytest.LogCaptureFixture) -> None:
    switches = Switches()
    switches.trouble = OutputError("/full: no space left on device; free some")
    with serving(switches, privacy_button="27", led="17") as gpio:
        pin(27).drive_low()
        wait_until(lambda: "/full: no space left" in caplog.text)
        gpio.hear(change())
        wait_until(lambda: pin(17).state)


def test_the_relay_closes_for_its_seconds_and_only_for_what_it_is_for() -> None:
    with serving(relay="22", relay_seconds=0.3, relay_labels=["person"], relay_rules=["door"]) as gpio:
        gpio.hear(change("start", "cat", "cat", "door"))
        gpio.hear(change("start", "elsewhere", "person", "garden"))
        gpio.hear(change("update", "p", "person", "door"))
        time.sleep(0.05)
        assert not pin(22).state
        gpio.hear(change("start", "p", "person", "door"))
        wait_until(lambda: pin(22).state)
        wait_until(lambda: not pin(22).state)
        assert 0.25 < pin(22).states[-1].timestamp < 0.6
        assert gpio.report() == {"relay": {"closed": False, "count": 1}}


def test_the_relay_never_chatters() -> None:
    """However events come, it is closed for its time and open for its pause, by a clock of the test's."""
    now = 0.0
    relay = Relay(GpioConfig(relay="22", relay_seconds=3, relay_pause=2), lambda: now)
    Device.ensure_pin_factory()
    relay.open(Device.pin_factory)
    switched: list[tuple[float, bool]] = []
    state = False
    for tick in range(600):  # a minute, with a start every 0.7 seconds
        now = tick / 10
        if tick % 7 == 0:
            relay.hear(change())
        relay.act()
        if bool(pin(22).state) != state:
            state = not state
            switched.append((now, state))
    relay.close()
    times = [round(late - early, 1) for (early, _), (late, _) in pairwise(switched)]
    assert len(times) > 15
    assert all(seconds == 3 for seconds in times[::2])
    assert all(2 <= seconds <= 2.8 for seconds in times[1::2])


def test_an_event_too_soon_after_the_last_closes_the_relay_when_it_may() -> None:
    now = 0.0
    relay = Relay(GpioConfig(relay="22", relay_seconds=1, relay_pause=2), lambda: now)
    Device.ensure_pin_factory()
    relay.open(Device.pin_factory)
    relay.hear(change())
    assert relay.act() == 1
    now = 1.0
    relay.act()
    relay.hear(change())
    now = 1.5
    assert relay.act() == 1.5
    now = 3.0
    relay.act()
    assert pin(22).state
    relay.close()


def test_a_relay_that_closes_at_0_v_is_open_at_rest() -> None:
    with serving(relay="22", relay_active_high=False, relay_seconds=0.1) as gpio:
        assert pin(22).state
        gpio.hear(change())
        wait_until(lambda: not pin(22).state)
        wait_until(lambda: pin(22).state)


def test_at_the_end_everything_is_at_rest_and_the_pins_are_free() -> None:
    with serving(led="17", relay="22", privacy_button="27") as gpio:
        gpio.hear(change())
        wait_until(lambda: pin(22).state)
        lamp, relay = pin(17), pin(22)
    assert not lamp.state
    assert not relay.state
    assert lamp.function == relay.function == "input"
    with serving(led="17", relay="22", privacy_button="27"):
        pass


def test_a_service_that_fails_lets_the_relay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    gpio = Gpio(GpioConfig(relay="22"), Switches())
    gpio.open()
    relay = pin(22)
    gpio.hear(change())
    acts = Relay.act
    calls = iter((acts,))

    def fails(self: Relay) -> float:
        for act in calls:
            return act(self)
        raise OSError("the chip is gone")

    def run() -> None:
        with pytest.raises(OSError, match="the chip is gone"):
            gpio.run()

    monkeypatch.setattr(Relay, "act", fails)
    thread = threading.Thread(target=run)
    thread.start()
    gpio.hear(change())
    thread.join(2)
    assert [state.state for state in relay.states][-2:] == [True, False]


def test_news_never_waits_for_the_disk() -> None:
    """A button's press takes its time; the events of that time don't wait for it."""

    class Slow(Switches):
        def turn(self, *arguments: object) -> None:
            time.sleep(0.5)

    with serving(Slow(), privacy_button="27", led="17") as gpio:
        pin(27).drive_low()
        time.sleep(0.05)
        began = time.monotonic()
        for number in range(1000):
            gpio.hear(change("start", str(number)))
        assert time.monotonic() - began < 0.25


def test_a_pin_that_something_else_has_is_named() -> None:
    with serving(led="17"):
        other = Gpio(GpioConfig(relay="17"), Switches())
        with pytest.raises(OutputError, match=r"gpio\.relay: 17: something else has it"):
            other.open()
