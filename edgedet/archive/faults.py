"""What can be wrong with a bucket, in words that say what to do."""

from __future__ import annotations

from edgedet.errors import OutputError


class ArchiveError(OutputError):
    """The archive can't be used just now."""


class Unavailable(ArchiveError):
    """It may work in a moment.

    Attributes:
        wait: seconds the storage asks to wait; 0: it doesn't say.
    """

    def __init__(self, text: str, wait: float = 0.0) -> None:
        super().__init__(text)
        self.wait = wait


class Refused(ArchiveError):
    """A person has to put something right first."""


class NotThere(ArchiveError):
    """There is no such object or upload."""


class Damaged(ArchiveError):
    """What is there isn't what was sent."""
