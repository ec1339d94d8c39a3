"""Has the last day tried again with other zones, in a program of its own that comes after everything else."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import HTTPException
from pydantic import ValidationError

from edgedet.config import CameraConfig
from edgedet.control import Control
from edgedet.errors import ConfigError
from edgedet.events.store import Query, StoredEvent, query
from edgedet.web.courses import STEP, Told
from edgedet.web.eventlist import sidecar_of
from edgedet.web.reasons import aspect_of
from edgedet.web.replayed import Drawing, Scene
from edgedet.web.trial import Outcome, Task

log = logging.getLogger(__name__)

BACK = timedelta(hours=24)
"""How far it goes back."""
MOST_S = 4000.0
"""Seconds of tracks that are tried, the newest first."""
WITHIN_S = 120.0
"""Seconds it may take."""
NICE = 15
"""How far it stands behind everything else for the processor: ``nice(2)``."""
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Trial:
    """A day, tried again.

    Attributes:
        since, until: UTC times of the day.
        events: how many events of the camera the store has of it.
        tried: the ids of those that were tried; the others go on, have no track, or there were too many.
        outcome: what became of them.
    """

    since: datetime
    until: datetime
    events: int
    tried: tuple[str, ...]
    outcome: Outcome


def labels_of(control: Control, camera: str) -> tuple[str, ...]:
    """All labels the model knows; none before the camera's first frame and while it is private."""
    newest = control.newest(camera)
    return newest.detections.labels if newest is not None else ()


def try_day(control: Control, root: Path, config: CameraConfig, drawing: Drawing) -> Trial:
    """What would have become of the last day's events of a camera.

    Args:
        control: what runs.
        root: the store's folder.
        config: the camera's settings in force.
        drawing: the zones, lines and rules to try.

    Raises:
        HTTPException: 429, another one is under way; 503, it failed or took too long.
        ConfigError: a rule or zone names something that isn't there; one line for each mistake.
        StoreError: the events can't be read.
    """
    if not _one_at_a_time.acquire(blocking=False):
        raise HTTPException(429, "zones: another trial is under way; try again in half a minute")
    try:
        until = datetime.now(UTC)
        found = query(root, Query(since=until - BACK, cameras=(config.name,), newest_first=True))
        told = _told(root, found)
        before = Drawing(config.zones, config.lines, config.rules)
        labels = {each.label for each in told} | {*(labels_of(control, config.name) or _named(before, drawing))}
        scene = Scene(config.name, tuple(sorted(labels)), aspect_of(control, config.name), config.tracking)
        outcome = _run(Task(scene=scene, before=before, after=drawing, events=told))
    finally:
        _one_at_a_time.release()
    if outcome.problem:
        raise ConfigError(outcome.problem)
    return Trial(until - BACK, until, len(found), tuple(each.id for each in told), outcome)


def _named(*drawings: Drawing) -> set[str]:
    """The labels that rules and zones name: all there is to go by until the model has said which it knows."""
    return {rule.label or name for each in drawings for name, rule in each.rules.items()} | {
        label for each in drawings for zone in each.zones.values() for label in zone.labels
    }


def _told(root: Path, found: Sequence[StoredEvent]) -> list[Told]:
    """The events that have a track, the newest of them, as many as can be tried in time."""
    told: list[Told] = []
    seconds = 0.0
    for stored in found:
        sidecar = sidecar_of(root, stored.event.id) if stored.event.phase == "end" else None
        rows = sidecar.record.get("track", []) if sidecar is not None else []
        if not rows:
            continue
        seconds += rows[-1][0] - rows[0][0] + STEP
        if seconds > MOST_S and told:
            break
        event = stored.event
        told.append(
            Told(
                id=event.id,
                label=event.label,
                rule=event.rule,
                track_id=event.track_id,
                started=event.started,
                begin=event.begin,
                end=event.end,
                best_score=event.best_score,
                track=tuple((row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows),
            )
        )
    return told


def _run(task: Task) -> Outcome:
    """Do it in a program of its own; without a track there is nothing to do."""
    if not task.events:
        return Outcome()
    command = [sys.executable, "-P", "-c", f"import os; os.nice({NICE}); from edgedet.web.trial import main; main()"]
    try:
        done = subprocess.run(
            command, input=task.model_dump_json().encode(), capture_output=True, timeout=WITHIN_S, check=True
        )
        return Outcome.model_validate_json(done.stdout)
    except subprocess.TimeoutExpired:
        raise HTTPException(503, f"zones: the trial took over {WITHIN_S:.0f} s; try again later") from None
    except subprocess.CalledProcessError as error:
        log.error("the trial of zones failed: %s", error.stderr.decode(errors="replace").strip()[-2000:])
    except (ValidationError, OSError) as error:
        log.error("the trial of zones failed: %s", error)
    raise HTTPException(503, "zones: the trial failed; the camera's log has more")
