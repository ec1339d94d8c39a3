"""What a check has to find on a made-up machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edgedet.doctor import Context, Severity
from tests.doctor.rig import Rig

OK, NOTE, WARNING, ERROR = Severity.OK, Severity.NOTE, Severity.WARNING, Severity.ERROR


@dataclass(frozen=True, slots=True)
class Case:
    """One fault, or none.

    Attributes:
        check: the check's name.
        what: the fault, for people.
        machine: makes it.
        severity: of the worst finding.
        words: each has to stand in the texts or fixes of the worst findings.
        slow: whether it takes seconds.
    """

    check: str
    what: str
    machine: Callable[[Rig], Context]
    severity: Severity
    words: tuple[str, ...] = ()
    slow: bool = False

    @property
    def bad(self) -> bool:
        return self.severity in (WARNING, ERROR)
