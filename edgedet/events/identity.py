"""Names for events: unique across restarts, sortable by time, whatever the wall clock does."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

_STEP = timedelta(milliseconds=1)


class Ids:
    """Makes ids such as ``20261121-104455.123-front-7f3a``: time (UTC), camera, and four random digits.

    Those of one process never go back, though the wall clock may: a Pi has no clock of its own, and steps by hours
    once it has asked the network.

    >>> Ids("front").new(datetime(2026, 11, 21, 10, 44, 55, 123000, UTC))[:-4]
    '20261121-104455.123-front-'

    Args:
        camera: its name.
    """

    def __init__(self, camera: str) -> None:
        self.camera = camera
        self._last = datetime.min.replace(tzinfo=UTC)

    def new(self, wall: datetime) -> str:
        """An id for an event that began at this time."""
        self._last = max(wall.astimezone(UTC), self._last + _STEP)
        stamp = f"{self._last:%Y%m%d-%H%M%S}.{self._last.microsecond // 1000:03d}"
        return f"{stamp}-{self.camera}-{secrets.token_hex(2)}"
