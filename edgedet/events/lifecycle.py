"""Events of one camera: when they start, change and end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from edgedet.config.rules import RuleConfig, check
from edgedet.config.zones import LineConfig, ZoneConfig
from edgedet.errors import ConfigError
from edgedet.events.case import Case
from edgedet.events.change import Change
from edgedet.events.identity import Ids
from edgedet.events.lines import Lines
from edgedet.events.objects import Seen, closest_lost
from edgedet.events.rivals import rival_of, same_boxes
from edgedet.events.rules import Rule, rules_of
from edgedet.events.sighting import Sighting, sightings
from edgedet.events.zones import Zones
from edgedet.types import Detections, Frame

log = logging.getLogger(__name__)

Stationary = Callable[[int], bool] | Collection[int]
"""Whether the object of a track stands still: a function of its id, or the ids of those that do."""

REMEMBERED = 3.0
"""Seconds an unseen object without an event is known again by its place."""


class EventMaker:
    """Makes events of one camera's tracked objects: one for each object and rule it meets.

    An event starts once all conditions of the rule hold, and counts from when the object was first seen. It ends when
    the object has left, or has stood still for long; it then starts no other until it moves. An object lost for a
    moment and found again at its place under another track id goes on as the same.

    Used by one thread, frames in order.

    Args:
        camera: its name.
        zones, lines, rules: the camera's, by name. No rules at all: one for each label, as by default.
        labels: all the model knows.

    Raises:
        ConfigError: a rule or zone names something that isn't there; one line for each mistake.
    """

    def __init__(
        self,
        camera: str,
        zones: Mapping[str, ZoneConfig],
        lines: Mapping[str, LineConfig],
        rules: Mapping[str, RuleConfig],
        labels: Sequence[str],
    ) -> None:
        self._camera, self._labels = camera, tuple(labels)
        self._ids = Ids(camera)
        self._objects: dict[int, tuple[Seen, dict[str, Case]]] = {}
        self._looks = 0
        self._quiet_until: dict[str, float] = {}
        self._rules: tuple[Rule, ...] = ()
        self.reload(zones, lines, rules)

    def reload(
        self, zones: Mapping[str, ZoneConfig], lines: Mapping[str, LineConfig], rules: Mapping[str, RuleConfig]
    ) -> None:
        """Go on with other zones, lines and rules. Open events stay open, even those of a rule that is gone.

        Raises:
            ConfigError: as when it was made; nothing has changed then.
        """
        if problems := check(zones, lines, rules, self._labels):
            raise ConfigError("\n".join(problems))
        self._zones, self._lines, self._rules = Zones(zones), Lines(lines), rules_of(rules, self._labels)
        for seen, cases in self._objects.values():
            current = {rule.name: rule for rule in self._rules if rule.label == seen.label}
            for name, case in list(cases.items()):
                if name in current:
                    case.follow(current[name])
                elif case.event is None:
                    del cases[name]
            for name, rule in current.items():
                cases.setdefault(name, Case(rule, seen))

    def update(self, frame: Frame, found: Detections, stationary: Stationary, looked: bool = True) -> list[Change]:
        """Take in the next frame.

        Args:
            frame: as it may be kept: what must not be seen is covered.
            found: the objects in it, with ``track_ids``; what was found last, if nobody looked.
            stationary: which of them stand still.
            looked: whether the detector looked. If not, nothing has moved: all that was there is there.

        Returns:
            The events that started, changed or ended.

        Raises:
            ValueError: ``found`` has no ``track_ids``.
        """
        if looked:
            self._look(frame, found)
        is_still = stationary if callable(stationary) else stationary.__contains__
        changes: list[Change] = []
        for track_id, (seen, cases) in list(self._objects.items()):
            here = seen.look == self._looks
            if here:
                self._stay(seen, cases, frame.elapsed, looked)
                seen.rest(is_still(track_id), frame.elapsed)
            for case in cases.values():
                changes += self._tend(case, seen, frame, found, here, looked)
            self._forget(track_id, frame.elapsed)
        return changes

    def close(self) -> list[Change]:
        """End all events that are open: there are no more frames, or none for long."""
        changes = [
            self._end(case, seen)
            for seen, cases in self._objects.values()
            for case in cases.values()
            if case.event is not None
        ]
        self._objects.clear()
        return changes

    def _look(self, frame: Frame, found: Detections) -> None:
        if found.track_ids is None:
            raise ValueError("found: objects without track_ids; track them first")
        self._looks += 1
        new: list[tuple[int, Sighting]] = []
        for track_id, sighting in zip(found.track_ids.tolist(), sightings(frame, found, self._zones), strict=True):
            if track_id in self._objects:
                self._see(track_id, sighting, frame.elapsed)
            else:
                new.append((track_id, sighting))
        for track_id, sighting in new:
            self._know(track_id, sighting, frame)
            self._see(track_id, sighting, frame.elapsed)
        tracks = found.track_ids.tolist()
        for track_id, same in zip(tracks, same_boxes(found), strict=True):
            self._objects[track_id][0].same = tuple(tracks[i] for i in same)
        for seen, cases in self._objects.values():
            if seen.look != self._looks:
                for case in cases.values():
                    case.miss()

    def _know(self, track_id: int, sighting: Sighting, frame: Frame) -> None:
        """A track not known before: an object that was lost for a moment, or a new one."""
        lost = {
            id(seen): old
            for old, (seen, cases) in self._objects.items()
            if seen.look != self._looks and frame.elapsed - seen.last <= _remembered(cases)
        }
        again = closest_lost(sighting, (self._objects[old][0] for old in lost.values()))
        if again is not None:
            again.track_id = track_id
            self._objects[track_id] = self._objects.pop(lost[id(again)])
            return
        seen = Seen(track_id, sighting, frame.elapsed, frame.wall)
        rules = [rule for rule in self._rules if rule.label == sighting.label]
        self._objects[track_id] = seen, {rule.name: Case(rule, seen) for rule in rules}

    def _see(self, track_id: int, sighting: Sighting, now: float) -> None:
        seen, cases = self._objects[track_id]
        seen.see(sighting, now, self._looks, self._lines)
        for case in cases.values():
            case.see(sighting, now, self._looks)

    def _stay(self, seen: Seen, cases: Mapping[str, Case], now: float, looked: bool) -> None:
        """Nobody looked, so that nothing moved: who was there still is."""
        if looked:
            return
        for case in cases.values():
            if case.last == seen.last:
                case.last = now
            case.stay(seen.sighting, now)
        seen.last = now

    def _tend(self, case: Case, seen: Seen, frame: Frame, found: Detections, here: bool, looked: bool) -> list[Change]:
        if case.event is not None:
            if case.is_over(seen, frame.elapsed, self._looks):
                return [self._end(case, seen)]
            return case.update(seen, frame, found if here and looked else None)
        quiet = self._quiet_until.get(case.rule.name, 0.0) - frame.elapsed
        if here and case.judge(seen, frame, quiet, rival_of(seen, self._objects)):
            return [case.start(self._ids.new(case.begin_wall), self._camera, seen, frame, found)]
        return []

    def _end(self, case: Case, seen: Seen) -> Change:
        change = case.end(seen)
        self._quiet_until[case.rule.name] = change.event.end + case.rule.config.cool_down
        return change

    def _forget(self, track_id: int, now: float) -> None:
        """Let go of an object that has left, and say why it was no event."""
        seen, cases = self._objects[track_id]
        if now - seen.last <= _remembered(cases) or any(case.event is not None for case in cases.values()):
            return
        del self._objects[track_id]
        for case in cases.values():
            failed = "; ".join(str(each) for each in case.verdicts if not each.passed)
            if failed:
                log.debug("%s: %s, track %d, rule %s: %s", self._camera, seen.label, track_id, case.rule.name, failed)


def _remembered(cases: Mapping[str, Case]) -> float:
    return max((case.rule.config.leave for case in cases.values()), default=REMEMBERED)
