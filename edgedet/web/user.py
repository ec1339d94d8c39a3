"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["viewer", "admin"]
"""``viewer``: may look. ``admin``: may change and delete too."""
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class User:
    """A person with a session, or a machine with a token.

    Attributes:
        name: for the audit log and for greeting.
        role: what may be done.
        machine: whether it came with a token.
    """

    name: str
    role: Role
    machine: bool = False
