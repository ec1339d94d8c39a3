"""Memory that training on a processor keeps instead of handing it back to the system after every step.

glibc maps each large tensor afresh and unmaps it when it is freed, so that every step touches its hundreds of
megabytes for the first time: half of the processor's time then goes into page faults.
"""

from __future__ import annotations

import ctypes

M_TRIM_THRESHOLD = -1
M_MMAP_MAX = -4


def keep_freed() -> bool:
    """From now on this process reuses the memory it frees (mallopt(3)); whether its C library can do that."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return False
    return bool(library.mallopt(M_MMAP_MAX, 0) and library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1))
