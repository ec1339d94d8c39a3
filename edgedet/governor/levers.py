"""What the governor can pull: how many frames are looked at, and by which detector."""

from __future__ import annotations

import logging
from collections.abc import Callable

from edgedet.config import Config
from edgedet.detecting import Detecting
from edgedet.errors import EdgedetError
from edgedet.governor.ladder import Rung
from edgedet.inference.detector import Detector

log = logging.getLogger(__name__)


class Levers:
    """The levers of a running pipeline. Used by the governor's thread alone.

    Args:
        config: the settings in force: what another detector is built from.
        detecting: the detector's loop.
        build: builds a detector.
    """

    def __init__(self, config: Config, detecting: Detecting, build: Callable[[Config], Detector]) -> None:
        self._config, self._detecting, self._build = config, detecting, build
        self._first = detecting.detector

    @property
    def most_fps(self) -> float:
        """Frames a second that are looked at, at most; 0: no limit."""
        return self._detecting.most_fps

    def hold(self, fps: float) -> None:
        """Look at so many frames a second at most; 0: no limit."""
        self._detecting.most_fps = fps

    def run(self, rung: Rung) -> bool:
        """Go on with another detector; it is loaded while the present one works. False, and a line in the log: no."""
        try:
            self._detecting.use(self._detector(rung))
        except (EdgedetError, ValueError) as error:
            name = rung.model or self._first.model.path
            log.warning("governor: %s on %d threads can't be used: %s", name, rung.threads, error)
            return False
        return True

    def _detector(self, rung: Rung) -> Detector:
        if rung.model is None and rung.threads == self._first.runtime.threads:
            return self._first
        update: dict[str, object] = {"threads": rung.threads}
        if rung.model is not None:
            update["path"] = rung.model
        model = self._config.model.model_copy(update=update)
        return self._build(self._config.model_copy(update={"model": model}))
