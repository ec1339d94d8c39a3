"""``edgedet mqtt``: whether the broker is there."""

from __future__ import annotations

import click

from edgedet.cli.options import settings_options
from edgedet.errors import ConfigError
from edgedet.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
def mqtt(context: click.Context) -> None:
    """The MQTT broker that events and detections go to."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@mqtt.command()
@settings_options()
def test(settings: Settings) -> None:
    """Connect to the broker of the settings, and send a message that must come back."""
    from edgedet.mqtt import check_installed

    if not settings.config.mqtt.host:
        raise ConfigError("mqtt: no broker is set; set mqtt.host")
    check_installed()
    from edgedet.mqtt.trial import try_out

    for line in try_out(settings.config.mqtt):
        click.echo(line)
