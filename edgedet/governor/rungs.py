"""The ways to run the detector on this board: with fewer threads, and with a smaller model."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from edgedet.errors import EdgedetError
from edgedet.governor.ladder import Rung
from edgedet.inference.detector import Detector
from edgedet.tune.kin import Kin, kindred, read_kin
from edgedet.zoo.folder import find_model

log = logging.getLogger(__name__)

HALVED_HEAT = 0.8
"""Energy of a frame with half the threads. Threads wait for each other, and busily: MobileNet-SSD on four Cortex-A17
took 652 ms alone and 245 ms together (bug1989/ncnn-benchmark), so Amdahl's law has two of them use 0.78 of four's."""
HALVED_SLOWNESS = 2.0
"""Time of a frame with half the threads, at worst."""
_CLEARLY_SMALLER = 0.8


def rungs_of(detector: Detector, smaller: str) -> tuple[Rung, ...]:
    """What the governor may do with a detector, the best first.

    Args:
        detector: what runs now.
        smaller: the setting: a model's name or file, ``auto`` or ``none``.
    """
    threads = detector.runtime.threads
    rungs = [*_halved(None, threads, 1.0)]
    if smaller != "none" and (found := _smaller(detector, smaller)) is not None:
        rungs += _halved(found[0], threads, found[1])
    return tuple(rungs)


def _halved(model: Path | None, threads: int, share: float) -> Iterator[Rung]:
    """A model on all threads, on half of them, and so on down to one."""
    heat = slowness = share
    while threads >= 1:
        yield Rung(model, threads, heat, slowness)
        threads, heat, slowness = threads // 2, heat * HALVED_HEAT, slowness * HALVED_SLOWNESS


def _smaller(detector: Detector, wanted: str) -> tuple[Path, float] | None:
    """The smaller model's file, and the share of the time of the present one that it takes; None: there is none."""
    try:
        present, _ = read_kin("", detector.model.path)
        if wanted == "auto":
            return _next_smaller(present, kindred(detector.labels))
        kin, labels = read_kin(wanted, find_model(wanted))
    except EdgedetError as error:
        log.warning("governor.smaller: %s; there is no smaller model to go on with", error)
        return None
    if labels is not None and labels != detector.labels:
        log.warning("governor.smaller: %s has other labels than the model in use; name one that has the same", wanted)
        return None
    return kin.path, min(kin.slowness(present) or 1.0, _CLEARLY_SMALLER)


def _next_smaller(present: Kin, others: Iterable[Kin]) -> tuple[Path, float] | None:
    """The best of those that are clearly quicker."""
    found = [(kin.accuracy or 0.0, share, kin.path) for kin in others if (share := kin.slowness(present)) is not None]
    quicker = [each for each in found if each[1] <= _CLEARLY_SMALLER]
    if not quicker:
        return None
    _, share, path = max(quicker)
    return path, share
