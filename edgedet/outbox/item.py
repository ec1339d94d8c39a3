"""A message that waits to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One message for one receiver.

    Attributes:
        id: counts up in the order they were put; for logs. What names an item is its sink and key.
        sink: who it is for, such as ``mqtt``.
        key: what it is, unique for the sink, such as ``20261121-104455.123-front-7f3a/start``.
        message: what was put, as it comes back from JSON.
        picture: what was put with it; None: nothing.
        tries: how often it was put off since this process started.
        put_at: UTC time when it was put.
    """

    id: int
    sink: str
    key: str
    message: dict[str, Any]
    picture: bytes | None
    tries: int
    put_at: datetime

    @property
    def name(self) -> tuple[str, str]:
        """Its sink and key."""
        return self.sink, self.key
