"""How the threads share what the C library holds for them."""

from __future__ import annotations

import contextlib
import ctypes
import gc

_M_ARENA_MAX = -8
_PR_SET_THP_DISABLE = 41


def share_memory() -> None:
    """Let the threads share two of glibc's memory arenas, and their pages stay small.

    By default each thread gets its own arena, and what a frame leaves behind in one is no use to another.

    x264 asks for huge pages for its pictures (MADV_HUGEPAGE), and what it asked of an address stays when it has freed
    it: over the hours the kernel fills every hole there with a page of 2 MB, faster than :func:`give_back` empties
    them. Linux alone; https://man7.org/linux/man-pages/man2/PR_SET_THP_DISABLE.2const.html
    """
    with contextlib.suppress(OSError, AttributeError):  # another C library has other ways
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, 2)
        library.prctl(_PR_SET_THP_DISABLE, *map(ctypes.c_ulong, (1, 0, 0, 0)))


def give_back() -> None:
    """Free what only holds itself, and return what is free to the system, even between what isn't.

    A camera that was opened anew leaves the one before as a ring of objects, with buffers and an encoder in it: 15 MB
    that are a few hundred objects to Python, which looks for such rings by their number and thus hardly ever. What was
    there at the start is left out of the search (:func:`gc.freeze`), so it takes milliseconds.

    Clips and pictures leave holes; by itself glibc only gives back what lies at the end of an arena. It takes a few
    milliseconds, in which nobody else gets memory.
    """
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
