"""What happens to one camera's frame around the detector: looked at or not, tracked, judged, covered."""

from __future__ import annotations

from edgedet.camera import Look, Watched
from edgedet.config import CameraConfig
from edgedet.errors import InferenceLost
from edgedet.events.change import Change
from edgedet.events.lifecycle import EventMaker
from edgedet.events.motion import MotionGate, Outside
from edgedet.inference.kept import Limits
from edgedet.privacy.blur import Blur
from edgedet.tracking import Tracker
from edgedet.types import Detections, Frame


def limits_of(config: CameraConfig, labels: tuple[str, ...]) -> Limits:
    """What the detector keeps for a camera: what the tracker wants to know of, down to its lowest score."""
    detect, low = config.detect, config.tracking.low
    lower = {label: min(low, confidence) for label, confidence in detect.class_confidence.items()}
    return Limits.of(labels, min(low, detect.confidence), lower, detect.iou, detect.max_detections)


class Watcher:
    """Watches one camera. Used by the detect thread alone, its frames in order.

    Args:
        config: the camera's settings.
        labels: all the detector knows.
        live: False for a film: every frame of it is looked at.
        outside: a sensor that knows of motion too; None: there is none.

    Raises:
        ConfigError: a label or a zone that a setting names doesn't exist.
    """

    def __init__(
        self, config: CameraConfig, labels: tuple[str, ...], live: bool = True, outside: Outside | None = None
    ) -> None:
        self._config, self._labels, self._live, self._outside = config, labels, live, outside
        self._raw = self._last = Detections.empty(labels)
        self._tracker = Tracker(config.tracking, config.detect.confidence, config.detect.class_confidence)
        self._events = EventMaker(config.name, config.zones, config.lines, config.rules, labels)
        self._blur = Blur(config.privacy, labels)
        self._gate = self._new_gate(config)

    def __call__(self, frame: Frame, look: Look) -> Watched:
        """Watch one frame; ``look`` is only called if something may have changed in it."""
        looked = self._look(frame, look)
        if looked:
            self._last = self._tracker.update(self._raw, frame.elapsed, (frame.width, frame.height))
        else:
            self._tracker.hold(frame.elapsed)
        # where nobody looked nothing moved, so that whoever must not be seen is where they were
        frame = self._blur.cover(frame, self._raw)
        return Watched(frame, self._last, self._events.update(frame, self._last, self._tracker.is_stationary, looked))

    def rest(self, frame: Frame, look: Look) -> Watched:
        """Only cover what must not be seen in one frame; what was going on is over."""
        if self._config.privacy.blur:
            self._look(frame, look)
        changes = self._over()
        if self._config.privacy.blur:
            frame = self._blur.cover(frame, self._raw)
        return Watched(frame, self._last, changes)

    def _look(self, frame: Frame, look: Look) -> bool:
        """Whether anybody looked at a frame, for it was worth it and could be done.

        Raises:
            InferenceLost: it couldn't be done, and who has to be covered in it isn't known.
        """
        looked = self._gate is None or self._gate(frame)
        if looked:
            try:
                self._raw = look(frame)
            except InferenceLost:
                if self._config.privacy.blur or not self._live:
                    raise
                return False  # the objects stay where they were seen last, and their events go on
        return looked

    def end(self) -> list[Change]:
        """The source has ended, or was lost for long: what is going on is over."""
        self._raw = Detections.empty(self._labels)
        return self._over()

    def _over(self) -> list[Change]:
        self._tracker.reset()
        self._last = Detections.empty(self._labels)
        return self._events.close()

    def reload(self, config: CameraConfig) -> None:
        """Go on with other rules, zones, thresholds and motion settings; open events stay open.

        Raises:
            ConfigError: a label or a zone that a setting names doesn't exist; nothing has changed then.
        """
        self._events.reload(config.zones, config.lines, config.rules)
        self._tracker.trust(config.detect.confidence, config.detect.class_confidence)
        if config.motion != self._config.motion:
            self._gate = self._new_gate(config)
        self._config = config

    def _new_gate(self, config: CameraConfig) -> MotionGate | None:
        wanted = config.motion.enabled or self._outside is not None
        return MotionGate(config.motion, self._outside) if wanted and self._live else None
