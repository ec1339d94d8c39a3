"""One process that runs a model, and the line to it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgedet.errors import ModelError
from edgedet.inference.apart.hello import MOST_BYTES, Hello, refused

START_WITHIN = 120.0
"""Seconds a model may take to load before it is taken for hung."""

END_WITHIN = 1.0
"""Seconds a process has to end by itself once its line is closed."""

MERCY = 0.25
"""Seconds it is given beyond its time: where both processes stood still together, that has passed for nothing."""

RUN, DONE, FAILED = b"r", b"d", b"f"
"""What is said on the line: the parent's bell, the child's, and the child's when the interpreter refused, with why."""

_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "MALLOC_ARENA_MAX", "TMPDIR", "HOME", "VIRTUAL_ENV")
"""Variables it is given; others may hold passwords."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What is started.

    Attributes:
        model: a ``.tflite`` file.
        runtime: ``litert``, ``tflite-runtime`` or ``auto``.
        threads: how many the interpreter computes with.
        delegate: the library of an external delegate.
        fallback: run on the CPU when the delegate can't be loaded.
        sandbox: shut the process in before it reads the model.
        module: the Python module that is run: :mod:`edgedet.inference.apart.child`, or one like it.
    """

    model: Path
    runtime: str = "auto"
    threads: int = 1
    delegate: str = ""
    fallback: bool = False
    sandbox: bool = False
    module: str = "edgedet.inference.apart.child"

    def arguments(self) -> list[str]:
        """As the process is told, but for the module."""
        flags = (str(int(flag)) for flag in (self.fallback, self.sandbox))
        return [str(self.model), self.runtime, str(self.threads), self.delegate, *flags]

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Launch:
        """From :meth:`arguments`."""
        model, runtime, threads, delegate, fallback, sandbox = arguments
        return cls(Path(model), runtime, int(threads), delegate, fallback == "1", sandbox == "1")


class Child:
    """A process with a model loaded, or on its way there.

    Args:
        launch: what is started.
        memory: file descriptor of the memory for its tensors.

    Attributes:
        pid: of the process.
    """

    def __init__(self, launch: Launch, memory: int) -> None:
        self._launch, self._reason = launch, ""
        self._line, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ends = (far.fileno(), memory)
        command = [sys.executable, "-P", "-m", launch.module, *map(str, ends), *launch.arguments()]
        with far:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # who isn't trusted doesn't fill the log
                stderr=subprocess.DEVNULL if launch.sandbox else None,
                pass_fds=ends,
                env=_environment(),
            )
        self.pid = self._process.pid

    def hello(self) -> Hello:
        """Wait until the model is loaded, and what it is like.

        Raises:
            ModelError: it can't be loaded, or the process died of it.
        """
        self._line.settimeout(START_WITHIN)
        try:
            message = self._line.recv(MOST_BYTES)
        except TimeoutError:
            self.kill(f"not loaded in {START_WITHIN:.0f} s")
            message = b""
        except OSError:
            message = b""
        if not message:
            raise ModelError(f"{self._launch.model}: {self.end()}")
        if (reason := refused(message)) is not None:
            raise ModelError(reason)
        try:
            return Hello.from_bytes(message)
        except ValueError as error:
            raise ModelError(f"{self._launch.model}: its process says what makes no sense: {error}") from None

    def begin(self) -> None:
        """Say that the memory is ready."""
        with contextlib.suppress(OSError):  # it has died: its end will be told
            self._line.send(RUN)

    def run(self, within: float) -> bytes | None:
        """Ring, and wait for the answer; None: there is none, the process is gone or was killed for hanging."""
        with contextlib.suppress(OSError):  # it died
            try:
                self._line.settimeout(within)
                self._line.send(RUN)
                return self._line.recv(MOST_BYTES) or None
            except TimeoutError:
                pass
            try:
                self._line.settimeout(MERCY)
                return self._line.recv(MOST_BYTES) or None
            except TimeoutError:
                self.kill(f"no answer in {within + MERCY:.1f} s")
        return None

    def kill(self, reason: str) -> None:
        """End it at once, and remember why."""
        self._reason = reason
        self._process.kill()

    def wait(self) -> None:
        """Until it has ended."""
        self._process.wait()

    def end(self) -> str:
        """Wait for its end, kill it if that doesn't come, and say how it ended."""
        try:
            self._process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        return self._how()

    def _how(self) -> str:
        code = self._process.returncode
        if self._reason:
            return f"{self._reason}, so its process was killed; it is damaged or too large here"
        if code == -signal.SIGKILL:
            return (
                "its process was killed, as is done where memory runs out (SIGKILL); free some, or use a smaller model"
            )
        if code < 0:
            return (
                f"the interpreter crashed on it ({_name(-code)}); it is damaged or uses what this runtime can't run: "
                "get it again, or another build of it"
            )
        return f"its process ended with exit status {code}; get the model again"

    def close(self) -> None:
        """Hang up: the process ends by itself, or is killed."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self.end()
        self._line.close()


def _name(number: int) -> str:
    """A signal's."""
    try:
        return signal.Signals(number).name
    except ValueError:  # the real-time ones have none
        return f"signal {number}"


def _environment() -> dict[str, str]:
    """What the process may know of this one's."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    package = str(Path(__file__).resolve().parents[3])
    paths = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    # threads that NumPy starts would be outside of a filter that is installed later, and have nothing to do
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
