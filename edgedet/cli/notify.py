"""``edgedet notify``: whether messages arrive."""

from __future__ import annotations

import json
import sys
import time

import click

from edgedet.cli.options import settings_options
from edgedet.errors import ConfigError
from edgedet.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
def notify(context: click.Context) -> None:
    """Messages about events, to phones, mailboxes, chats and programs."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@notify.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options()
def test(settings: Settings, as_json: bool) -> None:
    """Send one message, with a picture, to everybody who is to be told, and say what became of it.

    It is sent at once, whatever the quiet hours, and once: the exit code is 1 if somebody wasn't reached.
    """
    from edgedet.notify.target import NotSent
    from edgedet.notify.targets import open_targets
    from edgedet.notify.trial import trial_message

    config = settings.config.notify
    targets = open_targets(config)
    if not targets:
        raise ConfigError("notify: nobody is to be told; set notify.urls, notify.urls_file or notify.webhook")
    message = trial_message(config, settings.config.cameras[0].name)
    trouble: dict[str, str] = {}
    for target in targets:
        began = time.monotonic()
        try:
            target.send(message)
            said = f"sent ({time.monotonic() - began:.1f} s)"
        except NotSent as error:
            trouble[target.name] = str(error)
            said = f"not sent: {error}"
        if not as_json:
            click.echo(f"{target.name}: {said}")
    if as_json:
        click.echo(json.dumps({target.name: trouble.get(target.name, "sent") for target in targets}))
    if trouble:
        sys.exit(1)
