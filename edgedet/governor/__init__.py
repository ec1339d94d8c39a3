"""Keeps the board cool: fewer frames first, then fewer threads, then a smaller model, before the firmware steps in.

    board -> Trend -> law.decide() -> a level of the ladder -> Levers -> Detecting

The law and the ladder are pure; :class:`Governor` is the service around them.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from edgedet.board import is_raspberry_pi, open_board
from edgedet.config import Config
from edgedet.control import Control
from edgedet.detecting import Detecting

if TYPE_CHECKING:
    from edgedet.governor.service import Governor

__all__ = ["build_governor"]

log = logging.getLogger(__name__)


def build_governor(config: Config, control: Control, detecting: Detecting) -> Governor | None:
    """The governor, not yet open; None where the settings or the board want none. Sets ``governor.most_fps`` too.

    Args:
        config: the settings.
        control: what runs.
        detecting: the detector's loop.

    Raises:
        ConfigError: ``governor.board`` makes no sense.
    """
    wanted = config.governor
    detecting.most_fps = wanted.most_fps
    if wanted.enabled == "off":
        return None
    board = open_board(wanted.board)
    if wanted.enabled == "auto" and not is_raspberry_pi(board):
        board.close()
        return None
    from edgedet.governor.levers import Levers  # elsewhere nobody needs any of it
    from edgedet.governor.rungs import rungs_of
    from edgedet.governor.service import Governor
    from edgedet.stages import build_detector

    if board.read().celsius is None:
        log.warning("governor: this board has no temperature that can be read; only its power supply is watched")

    def rate() -> float:
        return sum(camera.detect.rate() for camera in control.monitor.cameras if camera.live)

    levers = Levers(config, detecting, build_detector)
    return Governor(wanted, board, levers, partial(rungs_of, detecting.detector, wanted.smaller), rate)
