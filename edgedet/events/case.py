"""One object before one rule: the evidence so far, and the event if there is one."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from edgedet.event import Event, Phase
from edgedet.events.change import Change
from edgedet.events.objects import Seen
from edgedet.events.rules import Progress, Rule, in_picture, in_zones, over_time
from edgedet.events.sighting import Sighting
from edgedet.events.snapshot import Snapshot
from edgedet.events.verdicts import Verdict, all_passed
from edgedet.types import Detections, Frame

TOLD_EVERY = 1.0
"""Seconds between two news of an event that goes on."""
OUTSIDE = 1.0
"""Seconds an object may be out of the rule's zones without its dwell time beginning anew."""
ASLEEP = 60.0
"""Seconds an object may stand still, beyond the rule's dwell time, before its event ends."""
MISSES = 2
"""Looks that must have missed an object before it has left, however much time passed between them."""


class Case:
    """What one rule makes of one object.

    Args:
        rule: the rule.
        seen: the object, just seen for the first time.

    Attributes:
        event: as it was last told; None: there is none.
        last: when the object was last seen as the rule wants it to go on, on the source's clock.
        begin_wall: when the next event would begin, or has begun, UTC.
        verdicts: what the conditions said last, or said when the event started.
    """

    def __init__(self, rule: Rule, seen: Seen) -> None:
        self.rule = rule
        self.event: Event | None = None
        self.last, self.verdicts = seen.began, list[Verdict]()
        self._begin, self.begin_wall = seen.began, seen.began_wall
        self._best_score, self._look = 0.0, 0
        self._looks: deque[bool] = deque(maxlen=rule.config.of)
        self._entered: float | None = None
        self._inside = seen.began
        self._snapshot = Snapshot()
        self._told_at = 0.0

    def follow(self, rule: Rule) -> None:
        """Go on with a rule that was changed."""
        self.rule = rule
        self._looks = deque(self._looks, rule.config.of)

    def see(self, sighting: Sighting, now: float, look: int) -> None:
        """Take in a look that found the object."""
        keeps = sighting.score >= self.rule.config.min_score and not sighting.standing.excluded
        if keeps:
            self.last, self._look = now, look
        counts = keeps and all_passed(in_picture(self.rule, sighting))
        self._looks.append(counts)
        if counts:
            self._best_score = max(self._best_score, sighting.score)
        self.stay(sighting, now)

    def stay(self, sighting: Sighting, now: float) -> None:
        """Take in that time has passed: the object is where it was."""
        if not all_passed(in_zones(self.rule, sighting)):
            return
        if self._entered is None or now - self._inside > OUTSIDE:
            self._entered = now
        self._inside = now

    def miss(self) -> None:
        """Take in a look that didn't find the object."""
        self._looks.append(False)

    def judge(self, seen: Seen, frame: Frame, quiet: float, rival: Seen | None = None) -> bool:
        """Whether an event starts now.

        Args:
            seen: the object.
            frame: the frame now.
            quiet: seconds until the rule may start another.
            rival: what the object rather is.
        """
        now = frame.elapsed
        inside = now - self._entered if self._entered is not None and self._inside == now else 0.0
        rather = (rival.label, rival.best) if rival is not None else None
        progress = Progress(self._best_score, self._looks, inside, seen.lines, seen.still(now), quiet, rather)
        lasting = over_time(self.rule, progress, frame.wall)
        self.verdicts = in_picture(self.rule, seen.sighting) + in_zones(self.rule, seen.sighting) + lasting
        if any(not each.passed and each.condition in ("moves", "schedule", "cool_down") for each in lasting):
            self._begin, self.begin_wall = now, frame.wall  # what came before, the rule doesn't want to know
        return all_passed(self.verdicts)

    def start(self, event_id: str, camera: str, seen: Seen, frame: Frame, found: Detections) -> Change:
        """The event starts."""
        self._snapshot = Snapshot()
        self._snapshot.consider(seen.sighting, frame, found)
        blank = Event(
            id=event_id,
            camera=camera,
            label=seen.label,
            rule=self.rule.name,
            phase="start",
            started=self.begin_wall,
            ended=None,
            begin=self._begin,
            end=self._begin,
            best_score=self._best_score,
            best_box=self._snapshot.box,
            best_at=self._snapshot.at,
            track_id=seen.track_id,
        )
        return self._tell(blank, "start", seen, frame.elapsed)

    def update(self, seen: Seen, frame: Frame, found: Detections | None) -> list[Change]:
        """The event goes on: news of it, if there are any and the last aren't too new.

        Args:
            seen: the object.
            frame: the frame now.
            found: what was found in it; None: nobody looked, or not this object.
        """
        assert self.event is not None
        if found is not None:
            self._snapshot.consider(seen.sighting, frame, found)
        if frame.elapsed - self._told_at < TOLD_EVERY or not self._has_news(self.event, seen):
            return []
        return [self._tell(self.event, "update", seen, frame.elapsed)]

    def is_over(self, seen: Seen, now: float, look: int) -> bool:
        """Whether the object has left, or fallen asleep; ``look``: the number of the last one."""
        config, still = self.rule.config, seen.still(now)
        left = now - self.last > config.leave and look - self._look >= MISSES
        return left or (still is not None and still > config.dwell + ASLEEP)

    def end(self, seen: Seen) -> Change:
        """The event is over; another may begin."""
        assert self.event is not None
        record: Mapping[str, Any] = {
            "track": seen.trail.since(self.event.begin),
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
        }
        change = self._tell(self.event, "end", seen, self.last, record)
        self.event = None
        self._begin = self.last
        self.begin_wall = change.event.ended or change.event.started
        self._looks.clear()
        self._best_score, self._entered = 0.0, None
        return change

    def _has_news(self, event: Event, seen: Seen) -> bool:
        return (
            self._best_score > event.best_score
            or self._snapshot.at != event.best_at
            or seen.zones != event.zones
            or seen.lines != event.lines
            or (seen.still_since is not None) != event.stationary
        )

    def _now(self, event: Event, phase: Phase, seen: Seen) -> Event:
        end = max(self.last, event.begin)
        return dataclasses.replace(
            event,
            phase=phase,
            end=end,
            ended=event.started + timedelta(seconds=end - event.begin) if phase == "end" else None,
            best_score=max(self._best_score, event.best_score),
            best_box=self._snapshot.box,
            best_at=self._snapshot.at,
            track_id=seen.track_id,
            zones=seen.zones,
            lines=seen.lines,
            stationary=seen.still_since is not None,
        )

    def _tell(
        self, event: Event, phase: Phase, seen: Seen, now: float, record: Mapping[str, Any] | None = None
    ) -> Change:
        self.event, self._told_at = self._now(event, phase, seen), now
        picture, found = self._snapshot.take()
        return Change(self.event, picture, found, record or {})
