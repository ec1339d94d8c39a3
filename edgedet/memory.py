"""How the threads share what the C library holds for them."""

from __future__ import annotations

import contextlib
import ctypes

_M_ARENA_MAX = -8


def share_memory() -> None:
    """Let the threads share two of glibc's memory arenas.

    By default each thread gets its own, and what a frame leaves behind in one is no use to another.
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library has other ways
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def give_back() -> None:
    """Return what is free to the system, even between what isn't.

    Clips and pictures leave such holes; by itself glibc only gives back what lies at the end of an arena. It takes a
    few milliseconds, in which nobody else gets memory.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
