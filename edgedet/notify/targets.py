"""Everybody who is to be told, from the configuration."""

from __future__ import annotations

from collections.abc import Iterator

from edgedet.config.notify import NotifyConfig
from edgedet.errors import ConfigError
from edgedet.notify.secret import read_secret
from edgedet.notify.target import Target
from edgedet.notify.webhook import Webhook


def open_targets(config: NotifyConfig) -> list[Target]:
    """Each of them once, in the order of the settings.

    Raises:
        ConfigError: an address can't be used, or a file with secrets can't be read.
        ExtraMissing: apprise isn't installed, and ``urls`` need it.
    """
    targets: dict[str, Target] = {}
    addresses = list(_addresses(config))
    if addresses:
        from edgedet.notify.push import Push

        for where, address in addresses:
            push = Push(address, where)
            targets[push.name] = push
    if config.webhook:
        secret = read_secret("notify.webhook_secret", config.webhook_secret_file, config.webhook_secret_credential)
        webhook = Webhook(config.webhook, secret.encode() or None, config.webhook_picture)
        targets[webhook.name] = webhook
    return list(targets.values())


def _addresses(config: NotifyConfig) -> Iterator[tuple[str, str]]:
    """Where each is from, and itself."""
    for number, address in enumerate(config.urls, 1):
        yield f"notify.urls: number {number}", address.strip()
    text = read_secret("notify.urls", config.urls_file, config.urls_credential)
    where = f"notify.urls_file: {config.urls_file}" if config.urls_file else "notify.urls_credential"
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    found = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if text and not found:
        raise ConfigError(f"{where}: no address in it; write one a line")
    for number, address in found:
        yield f"{where}:{number}", address
