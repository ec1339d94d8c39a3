"""Looks at a camera's results in order, and says of each what is doubtful in it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from edgedet.collect.reasons import MOST_APART, Doubt, between, near, rare, torn
from edgedet.config import CameraConfig
from edgedet.config.collect import CollectConfig
from edgedet.types import FrameResult


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A look, and what is doubtful in it; nothing may be."""

    result: FrameResult
    doubts: tuple[Doubt, ...]


class Judge:
    """Judges each look once the next one is there: what flickers is known only then. Holds three frames at most.

    Args:
        camera: its settings, for the thresholds.
        config: what is doubtful.
        has_drifted: whether the camera's picture has changed.
    """

    def __init__(
        self, camera: CameraConfig, config: CollectConfig, has_drifted: Callable[[], bool] = lambda: False
    ) -> None:
        self._detect, self._config, self._has_drifted = camera.detect, config, has_drifted
        self._looks: deque[FrameResult] = deque(maxlen=3)
        self._seen: Counter[str] = Counter()

    def see(self, result: FrameResult) -> FrameResult | None:
        """Take a result; the one to be judged now, which is the look before, or None if there is none."""
        if not result.looked:
            return None
        found = result.detections
        self._seen.update(found.labels[class_id] for class_id in found.class_ids.tolist())
        self._looks.append(result)
        return self._looks[-2] if len(self._looks) > 1 else None

    def judge(self) -> Judged:
        """What is doubtful in the look before the newest one.

        Raises:
            IndexError: there is none.
        """
        this, after = self._looks[-2], self._looks[-1]
        found, detect = this.detections, self._detect
        doubts = near(found, detect.class_confidence, detect.confidence, self._config.near)
        if len(self._looks) == 3:
            before = self._looks[0]
            if 0 < after.frame.elapsed - before.frame.elapsed <= MOST_APART and _same_size(before, this, after):
                doubts += between(before.detections, found, after.detections)
        doubts += torn(found) + rare(found, self._seen, self._config.rare)
        if self._has_drifted():
            doubts.append(Doubt("drift"))
        return Judged(this, tuple(doubts))


def _same_size(*results: FrameResult) -> bool:
    return len({result.frame.image.shape for result in results}) == 1
