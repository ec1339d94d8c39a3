"""The words of a message: a text with names in braces."""

from __future__ import annotations

import difflib
import string
from collections.abc import Mapping
from datetime import datetime, tzinfo

from edgedet.event import Event

NAMES = {
    "label": "what it is",
    "camera": "the camera's name",
    "rule": "the rule it met",
    "zone": "the zones it has been in",
    "time": "when it was first seen, on the local clock",
    "date": "the day of that",
    "score": "the best score so far",
    "seconds": "how long it has lasted so far",
    "phase": "start or end",
    "id": "the event's id",
    "link": "what notify.link says",
}
"""What may stand in braces."""


class Template:
    """A text such as ``{label} at {camera}``. Only the names in :data:`NAMES` may stand in it, as they are.

    >>> Template("title", "{label} at {camera} {{now}}").fill({"label": "cat", "camera": "porch"})
    'cat at porch {now}'

    Args:
        setting: the key it is from, for errors. In ``link`` there is no ``{link}``.
        text: the text; ``{{`` and ``}}`` are braces themselves.

    Raises:
        ValueError: with one line saying what is wrong and what would be right.
    """

    def __init__(self, setting: str, text: str) -> None:
        known = [name for name in NAMES if name != setting]
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise ValueError(f"{setting}: {str(error).lower()}; write {{{{ and }}}} for braces themselves") from None
        for _, name, form, conversion in parts:
            if name is None:
                continue
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {{{close[0]}}}?" if close else f"there are {', '.join(known)}"
                raise ValueError(f"{setting}: {{{name}}} stands for nothing; {hint}")
            if form or conversion:
                raise ValueError(f"{setting}: {{{name}}} takes no format; leave what comes after {name} out")
        self._parts = [(literal, name) for literal, name, _, _ in parts]

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with the values in it; no space stays at the end of a line, no empty line at the end of all."""
        text = "".join(literal + (values[name] if name is not None else "") for literal, name in self._parts)
        return "\n".join(line.rstrip(" ,") for line in text.split("\n")).strip()


def values_of(event: Event, zone: tzinfo | None) -> dict[str, str]:
    """What the names stand for, all but ``link``.

    Args:
        event: told of.
        zone: of the clock that ``time`` and ``date`` mean; None: the system's.
    """
    local: datetime = event.started.astimezone(zone)
    return {
        "label": event.label,
        "camera": event.camera,
        "rule": event.rule,
        "zone": ", ".join(event.zones),
        "time": f"{local:%H:%M:%S}",
        "date": f"{local:%Y-%m-%d}",
        "score": f"{event.best_score:.0%}",
        "seconds": f"{max(0.0, event.end - event.begin):.0f}",
        "phase": event.phase,
        "id": event.id,
    }
