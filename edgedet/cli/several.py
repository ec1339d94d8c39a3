"""Several options at once, for commands that share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def with_options(command: Any, options: Sequence[Callable[[Any], Any]]) -> Any:
    """The command with these options on it, in this order in its help."""
    for option in reversed(options):
        command = option(command)
    return command
