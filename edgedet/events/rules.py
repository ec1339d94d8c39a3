"""A rule, and what it says of an object in one look and over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edgedet.config.rules import RuleConfig
from edgedet.events.sighting import Sighting
from edgedet.events.verdicts import Verdict
from edgedet.schedule import Schedule, parse

PART = 0.85
"""Share of a box inside another one from which it is a part of the same object, not an object."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that is in force.

    Attributes:
        name: its own.
        label: what the object must be.
        config: what it wants.
        schedule: when it counts.
    """

    name: str
    label: str
    config: RuleConfig
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Progress:
    """What a rule has seen of an object so far.

    Attributes:
        best_score: highest score of the looks that counted; 0: none did.
        looks: whether it was found in each of the last looks, oldest first.
        inside: seconds it has been in the rule's zones, or in the picture if the rule names none.
        crossed: the lines it has crossed, each as ``name:direction``.
        still: seconds it has stood still; None: it moves.
        quiet: seconds until the rule may start another event.
        rather: label and best score of another object in the same box that it rather is.
    """

    best_score: float = 0.0
    looks: Sequence[bool] = field(default_factory=tuple)
    inside: float = 0.0
    crossed: Sequence[str] = ()
    still: float | None = None
    quiet: float = 0.0
    rather: tuple[str, float] | None = None


def rules_of(configs: Mapping[str, RuleConfig], labels: Sequence[str]) -> tuple[Rule, ...]:
    """The rules in force: those that are enabled; one for each label of the model if none is written at all.

    Args:
        configs: by name.
        labels: all the model knows.
    """
    every = configs or {label: RuleConfig() for label in labels}
    return tuple(
        Rule(name, config.label or name, config, parse(config.schedule, config.time_zone))
        for name, config in every.items()
        if config.enabled
    )


def in_picture(rule: Rule, seen: Sighting) -> list[Verdict]:
    """What each condition on a single look says: a look in which one fails doesn't count. Zones: :func:`in_zones`."""
    want, area = rule.config, seen.area
    verdicts = [
        Verdict("min_score", seen.score >= want.min_score, f"score {seen.score:.2f}", f"{want.min_score:g} or more")
    ]
    if want.min_area > 0:
        wanted = f"{want.min_area:.2%} or more"
        verdicts.append(Verdict("min_area", area >= want.min_area, f"area {area:.2%}", wanted))
    if want.max_area < 1:
        wanted = f"{want.max_area:.2%} or less"
        verdicts.append(Verdict("max_area", area <= want.max_area, f"area {area:.2%}", wanted))
    ratio = f"width / height {seen.ratio:.2f}"
    if want.min_ratio > 0:
        verdicts.append(Verdict("min_ratio", seen.ratio >= want.min_ratio, ratio, f"{want.min_ratio:g} or more"))
    if want.max_ratio > 0:
        verdicts.append(Verdict("max_ratio", seen.ratio <= want.max_ratio, ratio, f"{want.max_ratio:g} or less"))
    if seen.standing.excluded:
        where = f"foot {_point(seen)} in {', '.join(seen.standing.excluded)}"
        verdicts.append(Verdict("exclude", False, where, "outside it: objects there are ignored"))
    if seen.part_of > 0:
        inside = f"{seen.part_of:.0%} of its box inside a better one of a {seen.label}"
        verdicts.append(Verdict("whole", seen.part_of < PART, inside, f"less than {PART:.0%}"))
    return verdicts


def in_zones(rule: Rule, seen: Sighting) -> list[Verdict]:
    """Whether it stands where it must; nothing if the rule names no zone."""
    if not rule.config.zones:
        return []
    here = [name for name in seen.standing.zones if name in rule.config.zones]
    where = f"foot {_point(seen)} in {', '.join(here) or 'none of them'}"
    return [Verdict("zones", bool(here), where, _any_of(rule.config.zones))]


def over_time(rule: Rule, so_far: Progress, wall: datetime) -> list[Verdict]:
    """What each condition says that needs more than one look, or the time of day.

    Args:
        rule: the rule.
        so_far: what it has seen.
        wall: the time, with its time zone.
    """
    want, best = rule.config, so_far.best_score
    hits = sum(so_far.looks)
    verdicts = [
        Verdict("threshold", best >= want.threshold, f"best score {best:.2f}", f"{want.threshold:g} or more, once"),
        Verdict("hits", hits >= want.hits, f"in {hits} of the last {want.of} looks", f"{want.hits} or more"),
    ]
    if want.dwell:
        place = "in the zones" if want.zones else "in the picture"
        seconds = f"{so_far.inside:.1f} s {place}"
        verdicts.append(Verdict("dwell", so_far.inside >= want.dwell, seconds, f"{want.dwell:g} s or more"))
    if want.lines:
        here = [each for each in so_far.crossed if each.rpartition(":")[0] in want.lines]
        crossed = f"crossed {', '.join(here) or 'none of them'}"
        verdicts.append(Verdict("lines", bool(here), crossed, _any_of(want.lines)))
    still = so_far.still
    awake = still is None or still < want.dwell  # who has to stay for so long may stand still for as long
    standing = "moving" if still is None else f"stationary for {still:.0f} s" if still < 86400 else "stationary"
    verdicts.append(Verdict("moves", awake, standing, "not stationary before the event starts"))
    if so_far.rather is not None:
        label, score = so_far.rather
        wanted = "no other object in the same box that is seen better, or has an event"
        verdicts.append(Verdict("alone", False, f"in the box of a {label} of best score {score:.2f}", wanted))
    if want.schedule:
        local = wall.astimezone(rule.schedule.zone)
        clock = f"{local:%A} {local:%H:%M}"
        verdicts.append(Verdict("schedule", rule.schedule.holds(wall), clock, want.schedule))
    if want.cool_down:
        left = f"{so_far.quiet:.0f} s of it left" if so_far.quiet > 0 else "over"
        verdicts.append(Verdict("cool_down", so_far.quiet <= 0, left, f"{want.cool_down:g} s after the last event"))
    return verdicts


def _point(seen: Sighting) -> str:
    return f"({seen.foot[0]:.2f}, {seen.foot[1]:.2f})"


def _any_of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"any of {', '.join(names)}"
