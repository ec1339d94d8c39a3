"""What is worth an event."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from edgedet.config.section import Fraction, Section, key
from edgedet.config.zones import LineConfig, ZoneConfig
from edgedet.schedule import parse

Duration = Annotated[float, Field(ge=0, le=86400)]
Ratio = Annotated[float, Field(ge=0, le=100)]
Looks = Annotated[int, Field(ge=1, le=100)]


class RuleConfig(Section):
    """What an object must be, where and for how long, to be an event. The rule's name is the label, unless given."""

    enabled: bool = key(True, "whether it counts at all")
    label: str = key("", "what the object is; empty: the rule's own name")
    zones: list[str] = key([], "where it must stand, any of them; none: anywhere")
    lines: list[str] = key([], "what it must have crossed, any of them; none: nothing")
    threshold: Fraction = key(0.6, "score the object must reach once before an event starts")
    min_score: Fraction = key(0.4, "score below which a detection doesn't count, nor keep an event going")
    min_area: Fraction = key(0.0, "smallest box, as a fraction of the frame")
    max_area: Fraction = key(1.0, "largest box, as a fraction of the frame")
    min_ratio: Ratio = key(0.0, "smallest width of the box divided by its height; 0: any")
    max_ratio: Ratio = key(0.0, "largest width of the box divided by its height; 0: any")
    hits: Looks = key(3, "looks in which it must be found...")
    of: Looks = key(5, "...of this many last ones")
    dwell: Duration = key(0.0, "seconds in the zones, or in the picture if there are none, before an event starts")
    schedule: str = key("", 'when it counts, such as "mon-fri 22:00-06:00; sat,sun"; empty: always')
    time_zone: str = key("", "whose clock the schedule means, such as Europe/Berlin; empty: the system's")
    cool_down: Duration = key(0.0, "seconds after an event's end in which no other starts")
    leave: Annotated[float, Field(gt=0, le=86400)] = key(3.0, "seconds unseen after which the object has left")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.min_area > self.max_area:
            raise ValueError(f"min_area: {self.min_area:g} is above max_area {self.max_area:g}; lower it")
        if self.max_ratio and self.min_ratio > self.max_ratio:
            raise ValueError(f"min_ratio: {self.min_ratio:g} is above max_ratio {self.max_ratio:g}; lower it")
        if self.min_score > self.threshold:
            raise ValueError(f"min_score: {self.min_score:g} is above threshold {self.threshold:g}; lower it")
        if self.hits > self.of:
            raise ValueError(f"hits: {self.hits} can't be found in {self.of} looks; raise of to {self.hits} or more")
        parse(self.schedule, self.time_zone)
        return self


def check(
    zones: Mapping[str, ZoneConfig],
    lines: Mapping[str, LineConfig],
    rules: Mapping[str, RuleConfig],
    labels: Collection[str] | None = None,
) -> list[str]:
    """What doesn't fit together: one line for each mistake, ``rules.person.zones: what; remedy``.

    Args:
        zones, lines, rules: a camera's, by name.
        labels: those the model knows; None: not known yet, so that any may stand.
    """
    problems: list[str] = []
    for name, zone in zones.items():
        problems += _unknown(f"zones.{name}.labels", "label", zone.labels, labels)
    usable = [name for name, zone in zones.items() if not zone.exclude]
    for name, rule in rules.items():
        wanted = [each for each in rule.zones if each not in zones or each in usable]
        problems += _unknown(f"rules.{name}.zones", "zone", wanted, usable)
        problems += [
            f'rules.{name}.zones: objects in zone "{each}" are ignored (exclude = true); take it out'
            for each in rule.zones
            if each not in wanted
        ]
        problems += _unknown(f"rules.{name}.lines", "line", rule.lines, lines)
        where = f"rules.{name}.label" if rule.label else f"rules.{name}"
        problems += _unknown(where, "label of the model", [rule.label or name], labels)
    return problems


def _unknown(where: str, kind: str, names: Iterable[str], known: Collection[str] | None) -> list[str]:
    if known is None:
        return []
    return [f'{where}: "{name}" is no {kind}; {_hint(name, kind, known)}' for name in names if name not in known]


def _hint(name: str, kind: str, known: Collection[str]) -> str:
    if not known:
        return f"there is none yet, add [{kind}s.{name}]"
    lower = {each.lower(): each for each in known}
    if close := difflib.get_close_matches(name.lower(), lower, n=1):
        return f"did you mean {lower[close[0]]}?"
    shown = sorted(known)[:12]
    return f"there are {', '.join(shown)}" + (", ..." if len(known) > len(shown) else "")
