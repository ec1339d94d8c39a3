"""Whether what a camera sees is still what it saw: daily statistics, compared with the days before.

::

    measure     figures of one picture
    hour        an hour's counts; folder: a file for each day; history: which of them count
    reference   what is usual at an hour; objects: the same of what was found; distance: how far is far
    alarm       when a change is told; words: how; standing: since when
    camera      all of it for one camera; service: for all
    table       the days, to be looked at
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgedet.config import Config
from edgedet.privacy.switch import state_folder

if TYPE_CHECKING:
    from edgedet.drift.service import DriftService

__all__ = ["build_drift"]


def build_drift(config: Config) -> DriftService | None:
    """The statistics, not yet open; None where nobody wants them.

    Args:
        config: the settings.
    """
    if not config.drift.enabled:
        return None
    from edgedet.drift.service import DriftService  # elsewhere nobody needs any of it

    names = [camera.name for camera in config.cameras]
    return DriftService(config.drift, state_folder(config.storage.path), names)
