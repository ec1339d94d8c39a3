"""How much of everything a process may have: getrlimit(2)."""

from __future__ import annotations

import os
import resource
from pathlib import Path

MOST_OPEN = 32
"""Files open at once: the line, the memory, standard streams and what the interpreter's messages are caught in."""

MOST_WRITTEN = 1 << 20
"""Bytes of the longest file; the only ones it can make are in memory."""

MORE_THREADS = 8
"""Threads beyond those the interpreter computes with."""


def apply(threads: int, own_namespace: bool) -> None:
    """Set the limits of this process.

    Args:
        threads: how many the interpreter will compute with.
        own_namespace: only there are a user's processes counted apart from the rest of them.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    present = pages * resource.getpagesize()
    _lower(resource.RLIMIT_AS, present + room(os.sysconf("SC_PHYS_PAGES") * resource.getpagesize(), threads))
    _lower(resource.RLIMIT_NOFILE, MOST_OPEN)
    _lower(resource.RLIMIT_FSIZE, MOST_WRITTEN)
    _lower(resource.RLIMIT_CORE, 0)
    if own_namespace:
        _lower(resource.RLIMIT_NPROC, threads + MORE_THREADS)


def room(physical: int, threads: int) -> int:
    """Bytes of address space beyond what is there once everything is loaded.

    Half of the board's memory; and for each thread its stack of 8 MiB and a 64 MiB arena that glibc reserves.
    """
    return physical // 2 + (threads + MORE_THREADS) * (72 << 20)


def _lower(what: int, limit: int) -> None:
    _, most = resource.getrlimit(what)
    limit = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(what, (limit, limit))
