"""What each condition of a rule says of an object: why there is an event, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """One condition's word.

    Attributes:
        condition: its name, as the setting's: ``min_score``, ``zones``, ...
        passed: whether it holds; None: it can't be told.
        seen: what was seen, in words: ``score 0.43``.
        wanted: what the rule wants: ``0.5 or more``.
    """

    condition: str
    passed: bool | None
    seen: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.condition}: {self.seen}; wanted: {self.wanted}"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def all_passed(verdicts: Iterable[Verdict]) -> bool:
    """Whether every condition is known to hold."""
    return all(verdict.passed for verdict in verdicts)
