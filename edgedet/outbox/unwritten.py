"""What the disk wouldn't take: kept in memory until it does."""

from __future__ import annotations

from dataclasses import dataclass, field

from edgedet.outbox.item import Item

MOST = 300
"""Messages kept in memory at most: with a picture of 100 kB each, 30 MB."""
_REMEMBER_MOST = 100_000


@dataclass(slots=True)
class Unwritten:
    """Messages that were put and messages that are done, of which the file knows nothing yet.

    Attributes:
        fresh: those that were put and wait, by sink and key, oldest first.
        gone: sink and key of those that are done, in the file or not.
    """

    fresh: dict[tuple[str, str], Item] = field(default_factory=dict)
    gone: dict[tuple[str, str], None] = field(default_factory=dict)

    def knows(self, sink: str, key: str) -> bool:
        """Whether it was put or is done."""
        return (sink, key) in self.fresh or (sink, key) in self.gone

    def finish(self, sink: str, key: str) -> bool:
        """Note that a message is done; False: it was already."""
        self.fresh.pop((sink, key), None)
        if (sink, key) in self.gone:
            return False
        self.gone[sink, key] = None
        if len(self.gone) > _REMEMBER_MOST:
            del self.gone[next(iter(self.gone))]
        return True

    def oldest(self, sink: str | None) -> Item | None:
        """The message that waits longest, for a sink or, with None, for anybody."""
        return next((item for item in self.fresh.values() if sink in (None, item.sink)), None)

    def __len__(self) -> int:
        return len(self.fresh) + len(self.gone)
