"""What happens to one camera's frame around the detector: looked at or not, tracked, judged, covered."""

from __future__ import annotations

from edgedet.camera import Watched
from edgedet.config import CameraConfig
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

    @property
    def must_see(self) -> bool:
        """Whether a frame that nobody could look at can't be shown: who has to be covered in it isn't known."""
        return bool(self._config.privacy.blur)

    def wants(self, frame: Frame, resting: bool = False) -> bool:
        """Whether a frame should be looked at: something may have changed in it. Asked once for each, in order.

        Args:
            frame: the next one.
            resting: nobody wants to know what is in it; only who has to be covered.
        """
        if resting and not self.must_see:
            return False
        return self._gate is None or self._gate(frame)

    def __call__(self, frame: Frame, found: Detections | None) -> Watched:
        """Watch one frame, in which this was found; None: nobody looked."""
        if found is not None:
            self._raw = found
            self._last = self._tracker.update(found, frame.elapsed, (frame.width, frame.height))
        else:
            self._tracker.hold(frame.elapsed)
        # where nobody looked nothing moved, so that whoever must not be seen is where they were
        frame, stationary = self._blur.cover(frame, self._raw), self._tracker.is_stationary
        return Watched(frame, self._last, self._events.update(frame, self._last, stationary, found is not None))

    def rest(self, frame: Frame, found: Detections | None) -> Watched:
        """Only cover what must not be seen in one frame; what was going on is over."""
        changes = self._over()
        if self.must_see:
            self._raw = self._raw if found is None else found
            frame = self._blur.cover(frame, self._raw)
        return Watched(frame, self._last, changes)

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
