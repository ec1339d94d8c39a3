"""What a check found, and how bad that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters, the least first."""

    OK = "ok"
    NOTE = "note"
    """Doesn't apply here, or is worth knowing; nothing to do."""
    WARNING = "warning"
    """It works, but not as well or as long as it could."""
    ERROR = "error"
    """It keeps edgedet, or what was asked of it, from working."""

    @property
    def rank(self) -> int:
        """0 for the least."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        severity: how bad it is.
        text: one line, for people; without secrets.
        fix: the command or setting that mends it; empty: there is nothing to do.
        check: the check's name; put in by :func:`edgedet.doctor.examine`.
    """

    severity: Severity
    text: str
    fix: str = ""
    check: str = ""


def ok(text: str) -> Finding:
    """Nothing is wrong."""
    return Finding(Severity.OK, text)


def note(text: str, fix: str = "") -> Finding:
    """It doesn't apply here, or is worth knowing."""
    return Finding(Severity.NOTE, text, fix)


def warning(text: str, fix: str) -> Finding:
    """It works, but it will hurt."""
    return Finding(Severity.WARNING, text, fix)


def error(text: str, fix: str) -> Finding:
    """It doesn't work."""
    return Finding(Severity.ERROR, text, fix)
