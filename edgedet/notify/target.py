"""What can be told something: a phone, a mailbox, a program."""

from __future__ import annotations

import hashlib
from typing import Protocol

from edgedet.notify.message import Message


class NotSent(Exception):
    """A message didn't arrive, as far as is known.

    Args:
        reason: in words, without secrets.
        final: whether trying again is of no use.
    """

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(" ".join(reason.split()))
        self.final = final


class Target(Protocol):
    """Somebody who is told.

    Attributes:
        name: for logs, without secrets, the same after each start: ``ntfy-5e2b10``.
    """

    name: str

    def send(self, message: Message) -> None:
        """Send it; that may take a while. Raises NotSent."""


def name_of(kind: str, address: str) -> str:
    """A name for who is at an address: its kind, and a few letters that tell it from others without telling it."""
    return f"{kind}-{hashlib.sha256(address.encode()).hexdigest()[:6]}"
