"""Frames to learn from: those the detector finds hard, and some at random.

::

    reasons     what makes a frame hard; judge: the same for a camera's results in order
    alike       whether it shows anything new; pace: how many may be kept
    item        a frame and what is known of it; folder: where they lie
    service     while a camera runs; films: from recorded film
    export      for those who annotate: COCO, Label Studio, CVAT
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from edgedet.config import CameraConfig, Config
from edgedet.privacy.switch import state_folder

if TYPE_CHECKING:
    from edgedet.collect.service import CollectService
    from edgedet.detecting import Detecting
    from edgedet.drift.service import DriftService

__all__ = ["build_collect"]

log = logging.getLogger(__name__)


def build_collect(config: Config, detecting: Detecting, drift: DriftService | None = None) -> CollectService | None:
    """What keeps hard frames, not yet open; None where nobody wants them.

    Args:
        config: the settings.
        detecting: the detector's loop: whose objects they are.
        drift: knows whether a camera's picture has changed.
    """
    if not config.collect.enabled:
        return None
    from edgedet.collect.folder import CollectFolder  # elsewhere nobody needs any of it
    from edgedet.collect.service import CameraCollect, CollectService

    folder = CollectFolder(state_folder(config.storage.path) / "collect")
    for camera in config.cameras:
        if camera.privacy.blur:
            blurred = ", ".join(camera.privacy.blur)
            log.warning("collect: %s: %s the model doesn't find isn't blurred; masks always hide", camera.name, blurred)

    def model() -> str:
        return detecting.detector.model.path.name

    def collected(camera: CameraConfig) -> CameraCollect:
        has_drifted = partial(drift.has_changed, camera.name) if drift is not None else lambda: False
        return CameraCollect(camera, config.collect, folder, model, has_drifted)

    return CollectService(config.collect, folder, {each.name: collected(each) for each in config.cameras})
