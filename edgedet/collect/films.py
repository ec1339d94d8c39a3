"""Hard frames out of recorded film."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgedet.app import App
from edgedet.camera import Camera
from edgedet.capture.paths import open_paths
from edgedet.collect.alike import Print
from edgedet.collect.folder import CollectFolder
from edgedet.collect.item import describe, encode
from edgedet.collect.judge import Judge
from edgedet.collect.reasons import Doubt
from edgedet.config import CameraConfig
from edgedet.config.collect import CollectConfig
from edgedet.inference.detector import Detector
from edgedet.privacy.masks import Masks
from edgedet.types import FrameResult
from edgedet.watcher import Watcher, limits_of


@dataclass(order=True, slots=True)
class _Drawn:
    """A frame that takes part in the draw: the higher its key, the longer it stays."""

    key: float
    number: int
    values: dict[str, Any] = field(compare=False)
    jpeg: bytes = field(compare=False)
    mark: Print = field(compare=False)


class Draw:
    """So many frames of a film of unknown length, each with the same chance (reservoir sampling: Vitter, ACM TOMS 11,
    1985, by random keys as Efraimidis and Spirakis, Inf. Process. Lett. 97, 2006).

    Args:
        most: how many.
        chance: draws.
    """

    def __init__(self, most: int, chance: random.Random) -> None:
        self._most, self._chance, self._heap = most, chance, list[_Drawn]()
        self._count = 0

    def offer(self, result: FrameResult, doubts: Sequence[Doubt], model: str, camera: str, quality: int) -> None:
        """Let a frame take part; one that is like another that was drawn doesn't."""
        key = self._chance.random()
        if not self._most or (len(self._heap) == self._most and key <= self._heap[0].key):
            return
        mark = Print.of(result.frame.image, result.detections)
        if any(mark.is_like(each.mark) for each in self._heap):
            return
        self._count += 1
        values = describe(result, doubts, model, camera)
        drawn = _Drawn(key, self._count, values, encode(result, quality), mark)
        heapq.heappush(self._heap, drawn)
        if len(self._heap) > self._most:
            heapq.heappop(self._heap)

    def drawn(self) -> list[tuple[dict[str, Any], bytes]]:
        """What was drawn, in the order of the film."""
        return [(each.values, each.jpeg) for each in sorted(self._heap, key=lambda each: each.number)]


def collect_film(
    film: Path, camera: CameraConfig, config: CollectConfig, detector: Detector, to: CollectFolder, most: int, seed: int
) -> Counter[str]:
    """Keep frames of a film: hard ones, and the share of ``collect.random`` whatever is in them.

    Masks and blur are applied first, as to a camera's. What was kept is written when the film is over.

    Args:
        film: a file.
        camera: its settings; the source doesn't matter.
        config: what is hard.
        detector: finds the objects.
        to: where frames are kept.
        most: how many.
        seed: of the draw: the same draws the same.

    Returns:
        How many were kept, by reason.

    Raises:
        SourceError: it isn't a film, or is broken.
        OutputError: frames can't be written.
    """
    masks, judge, chance = Masks(camera.privacy.masks), Judge(camera, config), random.Random(seed)
    by_chance = round(most * config.random)
    hard, any_frame = Draw(most - by_chance, chance), Draw(by_chance, chance)
    model = detector.model.path.name

    def take(result: FrameResult) -> None:
        if (this := judge.see(result)) is None:
            return
        any_frame.offer(this, (Doubt("random"),), model, camera.name, config.quality)
        if doubts := judge.judge().doubts:
            hard.offer(this, doubts, model, camera.name, config.quality)

    source = Camera(
        open_paths([str(film)]),
        camera.name,
        watcher=Watcher(camera, detector.labels, live=False),
        cover=masks.cover if masks else None,
        limits=limits_of(camera, detector.labels),
    )
    App([source], detector, [], interval=0, on_result=take).run()
    kept, frames = Counter[str](), dict[int, tuple[dict[str, Any], bytes]]()
    for values, jpeg in hard.drawn() + any_frame.drawn():
        if values["index"] in frames:  # drawn as both
            frames[values["index"]][0]["reasons"] += values["reasons"]
        else:
            frames[values["index"]] = values, jpeg
    for _, (values, jpeg) in sorted(frames.items()):
        to.add(values, jpeg)
        kept.update({each["reason"] for each in values["reasons"]})
    return kept
