"""Why an object in a picture would be an event, or why not."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edgedet.config.camera import CameraConfig
from edgedet.events.rules import Progress, Rule, in_picture, in_zones, over_time, rules_of
from edgedet.events.sighting import Sighting, sightings
from edgedet.events.verdicts import Verdict
from edgedet.events.zones import Zones
from edgedet.types import Detections, Frame

UNKNOWN = "one picture can't tell"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a rule says of an object.

    Attributes:
        rule: the rule's name.
        verdicts: one for each of its conditions.
    """

    rule: str
    verdicts: tuple[Verdict, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """The conditions that don't hold."""
        return tuple(each.condition for each in self.verdicts if each.passed is False)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"rule": self.rule, "failed": list(self.failed), "verdicts": [each.to_dict() for each in self.verdicts]}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that the detector thinks it sees.

    Attributes:
        seen: the object.
        opinions: what each rule for its label says; none: no rule is for it.
    """

    seen: Sighting
    opinions: tuple[Opinion, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON; ``box``: x1, y1, x2, y2 as fractions of the frame."""
        return {
            "label": self.seen.label,
            "score": round(self.seen.score, 4),
            "box": [round(value, 4) for value in self.seen.box],
            "zones": list(self.seen.standing.zones),
            "rules": [opinion.to_dict() for opinion in self.opinions],
        }


def explain(frame: Frame, found: Detections, config: CameraConfig) -> list[Candidate]:
    """What the rules of a camera say of the objects in one picture.

    Args:
        frame: the picture.
        found: what the detector found in it, however faint.
        config: the camera's settings.
    """
    rules = rules_of(config.rules, found.labels)
    seen_all = sightings(frame, found, Zones(config.zones))
    return [
        Candidate(seen, tuple(_opinion(rule, seen, frame, config) for rule in rules if rule.label == seen.label))
        for seen in seen_all
    ]


def _opinion(rule: Rule, seen: Sighting, frame: Frame, config: CameraConfig) -> Opinion:
    alone = over_time(rule, Progress(best_score=seen.score), frame.wall)
    later = [each if each.condition == "threshold" else _untold(each) for each in alone]
    return Opinion(rule.name, (_tracked(seen, config), *in_picture(rule, seen), *in_zones(rule, seen), *_sorted(later)))


def _tracked(seen: Sighting, config: CameraConfig) -> Verdict:
    high = config.detect.class_confidence.get(seen.label, config.detect.confidence)
    low = min(config.tracking.low, high)
    if low <= seen.score < high:
        return Verdict("confidence", None, f"score {seen.score:.2f} keeps a track, begins none", f"{high:g} or more")
    return Verdict("confidence", seen.score >= high, f"score {seen.score:.2f}", f"{high:g} or more begins a track")


def _untold(verdict: Verdict) -> Verdict:
    return dataclasses.replace(verdict, passed=None, seen=UNKNOWN)


def _sorted(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What is known first."""
    return sorted(verdicts, key=lambda each: each.passed is None)
