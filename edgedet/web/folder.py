"""Where the page keeps what it must remember."""

from __future__ import annotations

from pathlib import Path

from edgedet.config.web import WebConfig
from edgedet.privacy.switch import state_folder


def web_folder(config: WebConfig, storage: Path | None) -> Path:
    """Where users, certificates and the audit log are kept: ``web`` in ``web.state``, else where all state is.

    Args:
        config: ``[web]``.
        storage: ``storage.path``.
    """
    return (config.state or state_folder(storage)) / "web"
