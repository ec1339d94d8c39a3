"""A child whose interpreter does what its input says: ``python -m tests.inference.apart.misbehaving``."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgedet.errors import ModelError
from edgedet.inference.apart.child import main
from edgedet.inference.runtime import Tensor

INPUT = Tensor(0, "picture", (1, 2, 2, 3), np.dtype(np.uint8), 0.0, 0)
OUTPUT = Tensor(1, "sum", (1, 4), np.dtype(np.float32), 0.0, 0)

ABORT, SEGV, EXIT, HANG, REFUSE, GARBAGE, BURY, ESCAPE = range(200, 208)
"""What the first element of the input makes it do."""


def _open_passwd() -> object:
    return os.open("/etc/passwd", os.O_RDONLY)


def _write_file() -> object:
    return os.open("/tmp/edgedet-escaped", os.O_WRONLY | os.O_CREAT)


def _make_code() -> object:
    return mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)


def _trace_parent() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, os.getppid(), 0, 0):  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "ptrace")


def _all_memory() -> object:
    return bytearray(1 << 44)


def _many_files() -> None:
    for _ in range(1000):
        os.dup(0)


ESCAPES: tuple[Callable[[], object], ...] = (
    _open_passwd,
    _write_file,
    lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    os.fork,
    lambda: os.execv("/bin/true", ["true"]),
    lambda: subprocess.run(["/bin/true"], check=False),
    lambda: os.kill(os.getppid(), 0),
    lambda: Path("/tmp/edgedet-escaped").unlink(),
    lambda: list(Path("/").iterdir()),
    lambda: Path("/etc/passwd").stat(),
    lambda: Path("/tmp/edgedet-escaped").mkdir(),
    lambda: os.chdir("/"),
    lambda: os.setpriority(os.PRIO_PROCESS, 0, 19),
    _make_code,
    _trace_parent,
    _all_memory,
    _many_files,
)
"""Each raises OSError or MemoryError where it is denied."""


class Misbehaving:
    """A runtime that sums its input, until its first element says otherwise."""

    name, threads = "misbehaving", 1
    inputs, outputs = (INPUT,), (OUTPUT,)

    def __init__(self) -> None:
        self._input = np.zeros(INPUT.shape, np.uint8)
        self._output = np.zeros(OUTPUT.shape, np.float32)

    def input(self) -> NDArray[Any]:
        return self._input

    def invoke(self) -> None:
        order = int(self._input.flat[0])
        if order == ABORT:
            os.abort()
        elif order == SEGV:
            ctypes.string_at(0)
        elif order == EXIT:
            os._exit(7)
        elif order == HANG:
            time.sleep(60)
        elif order == REFUSE:
            raise ModelError("it will not")
        elif order == GARBAGE:
            os.write(int(sys.argv[1]), b"what?")
        elif order == BURY:
            os.kill(os.getpid(), signal.SIGSTOP)
        elif order == ESCAPE:
            denied = [_is_denied(attempt) for attempt in ESCAPES]
            self._output[:] = [denied.count(True), *[int(denied.index(False)) if False in denied else -1] * 3]
            return
        self._output[:] = self._input.sum()

    def output(self, tensor: Tensor) -> NDArray[Any]:
        return self._output


def _is_denied(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return True
    return False


def opened(model: Path, *_: object, **__: object) -> Misbehaving:
    """As the file's name says."""
    if model.name == "refused":
        raise ModelError(f"{model}: it can't be loaded")
    if model.name == "crashes":
        os.abort()
    if model.name == "brief":
        threading.Timer(0.05, os._exit, (3,)).start()
    return Misbehaving()


if __name__ == "__main__":
    main(opened)
