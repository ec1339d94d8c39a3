"""The page in a browser, and the interface for programs behind it: REST and WebSockets.

    browser -> door (TLS) -> patience (uvicorn) -> headers, hosts, limits, guard -> a route of web/api

Who comes in is decided in :mod:`edgedet.web.guard`, for every route; each route says again whom it serves, by
:data:`edgedet.web.access.Viewer` or :data:`edgedet.web.access.Admin`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from edgedet.config.web import WebConfig
from edgedet.errors import ExtraMissing

if TYPE_CHECKING:
    from edgedet.control import Control
    from edgedet.publish.feed import Feed
    from edgedet.web.hub import Hub
    from edgedet.web.service import WebService

NEEDED = {"fastapi": "fastapi", "uvicorn": "uvicorn", "websockets": "websockets", "argon2": "argon2-cffi"}


def check_extra(**more: str) -> None:
    """Raise ExtraMissing unless the packages of ``edgedet[web]`` are here.

    Args:
        more: other modules that are needed, with their packages' names.
    """
    for module, package in (NEEDED | more).items():
        if find_spec(module) is None:
            raise ExtraMissing(f"web: {package} isn't installed; install edgedet[web]")


def build_web(config: WebConfig, control: Control, feeds: Mapping[str, Feed], hub: Hub) -> WebService | None:
    """The web as a service, not yet open; None where the settings don't ask for it.

    Args:
        config: the table ``[web]``.
        control: what may be asked of the camera.
        feeds: the live picture of each camera, by name.
        hub: results and events for those who watch.

    Raises:
        ExtraMissing: a package of ``edgedet[web]`` isn't installed.
    """
    if not config.enabled:
        return None
    check_extra(**({"cryptography": "cryptography"} if config.tls else {}))
    from edgedet.web.service import WebService

    return WebService(config, control, feeds, hub)
