"""What the process holds, as the kernel counts it."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from edgedet.memory import give_back

THP = Path("/sys/kernel/mm/transparent_hugepage/enabled")

_TOUCH = """
import mmap, re, sys
from pathlib import Path
from edgedet.memory import share_memory
if sys.argv[1] == "shared":
    share_memory()
room = mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
room.madvise(mmap.MADV_HUGEPAGE)
for at in range(0, len(room), 2 << 20):
    room[at] = 1
print(re.search(r"AnonHugePages: +(\\d+)", Path("/proc/self/smaps_rollup").read_text())[1])
"""


def _huge_kb(how: str) -> int:
    command = [sys.executable, "-c", _TOUCH, how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


@pytest.mark.skipif(not THP.exists() or "[never]" in THP.read_text(), reason="this kernel makes no huge pages")
def test_what_a_library_asks_for_makes_no_huge_pages() -> None:
    if not _huge_kb("plain"):
        pytest.skip("the kernel has no huge page to give")
    assert _huge_kb("shared") == 0


def test_what_only_holds_itself_is_freed() -> None:
    """Python by itself looks for it by the number of objects, however large they are."""

    class Opened:
        def __init__(self) -> None:
            self.myself, self.buffers = self, bytearray(1 << 20)

    gc.disable()
    try:
        left = weakref.ref(Opened())
        assert left() is not None
        give_back()
        assert left() is None
    finally:
        gc.enable()
