"""Messages about events, with the picture: by apprise to a hundred services, and as signed JSON to a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgedet.config.notify import NotifyConfig
    from edgedet.notify.notifier import Notifier
    from edgedet.outbox import Outbox

__all__ = ["build_notifier"]


def build_notifier(config: NotifyConfig, outbox: Outbox) -> Notifier | None:
    """What tells people of events; None: nobody is to be told.

    Args:
        config: whom, of what, when.
        outbox: where messages wait; closed by whoever made it, after the notifier.

    Raises:
        ConfigError: an address can't be used, or a file with secrets can't be read.
        ExtraMissing: apprise isn't installed, and ``urls`` need it.
    """
    if not config.wanted:
        return None
    from edgedet.notify.notifier import Notifier  # settings are checked without all of this
    from edgedet.notify.targets import open_targets

    return Notifier(config, open_targets(config), outbox)
