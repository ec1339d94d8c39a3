"""``edgedet gpio``: what is wired to the board's pins."""

from __future__ import annotations

import click

from edgedet.cli.options import settings_options
from edgedet.errors import ConfigError
from edgedet.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
def gpio(context: click.Context) -> None:
    """Lamp, button, relay and motion sensor on the board's pins."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@gpio.command()
@click.option(
    "--for", "seconds", type=click.FloatRange(0, 3600), default=10, show_default=True, help="Seconds to watch."
)
@settings_options()
def test(settings: Settings, seconds: float) -> None:
    """Light the lamp and close the relay for a second each, then show what button and sensor do.

    Not while the camera runs: it has the pins.
    """
    from edgedet.gpio.trial import trial

    if not settings.config.gpio.pins:
        raise ConfigError("gpio: nothing is wired; set gpio.led, gpio.privacy_button, gpio.relay or gpio.pir")
    trial(settings.config.gpio, seconds, click.echo)


@gpio.command()
@settings_options()
def off(settings: Settings) -> None:
    """Put the lamp out and open the relay, after a crash for instance; where nothing is wired, do nothing."""
    from edgedet.gpio.trial import rest

    if settings.config.gpio.relay or settings.config.gpio.led:
        rest(settings.config.gpio)
