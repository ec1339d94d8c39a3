"""The program as a service of systemd: says when it is ready and how it goes, and is started anew when it hangs."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping

from edgedet.control import Control
from edgedet.supervised.manager import Manager, watchdog_seconds
from edgedet.supervised.service import Supervised

log = logging.getLogger(__name__)

__all__ = ["Supervised", "build_supervised", "is_supervised"]


def is_supervised(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a service manager started this program and waits to hear of it: ``Type=notify``."""
    return bool(environ.get("NOTIFY_SOCKET"))


def build_supervised(
    control: Control, stopping: Callable[[], bool], environ: Mapping[str, str] = os.environ
) -> Supervised | None:
    """What tells the service manager how it goes; None: there is none.

    Args:
        control: the cameras and the settings in force.
        stopping: whether the application is about to end.
        environ: where ``NOTIFY_SOCKET`` and ``WATCHDOG_USEC`` stand.
    """
    if not is_supervised(environ):
        return None
    try:
        manager = Manager(environ["NOTIFY_SOCKET"])
    except ValueError as error:
        log.warning("the service manager can't be told how it goes: %s", error)
        return None
    return Supervised(control, manager, watchdog_seconds(environ), stopping)
