"""Keeps a process running that runs a model: starts it, and starts it again when it has died."""

from __future__ import annotations

import logging
import os
import threading
import time

from edgedet.errors import ModelError
from edgedet.inference.apart.hello import Hello
from edgedet.inference.apart.memory import SharedTensors, new_memory
from edgedet.inference.apart.process import Child, Launch

log = logging.getLogger(__name__)

RETRY_FIRST, RETRY_MOST = 0.5, 30.0
"""Seconds before it is started again: doubled each time, up to the second."""

SETTLED = 60.0
"""Seconds of life after which the next death counts as a first one."""

TOLD_WITHIN = 2.0
"""Seconds in which it is known what a process died of."""


class Keeper:
    """A process and its successors, in a thread that starts each and waits for its end.

    It is always the same thread: Linux tells a child of the end of the *thread* that started it (``PR_SET_PDEATHSIG``).

    Args:
        launch: what is started.

    Attributes:
        child: the process that can be asked now; None: there is none at the moment.
        tensors: the memory that all of them share, one after the other.
        hello: what the first said; each successor has to say the same.
        restarting: whether it is started again when it dies; not at first, when that is the model's fault.
        restarts: how often it was.

    Raises:
        ModelError: the first process couldn't load the model.
    """

    def __init__(self, launch: Launch) -> None:
        self.child: Child | None = None
        self.restarting, self.restarts = False, 0
        self.hello: Hello
        self.tensors: SharedTensors
        self._launch, self._words = launch, ""
        self._starting: Child | None = None
        self._refused: ModelError | None = None
        self._change, self._closing = threading.Condition(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name="edgedet-inference", daemon=True)
        self._thread.start()
        with self._change:
            self._change.wait_for(lambda: self._begun or self._refused is not None)
        if self._refused is not None:
            raise self._refused

    def lost(self, child: Child | None) -> str:
        """What became of a process that was asked in vain; waits a moment until it is known."""
        with self._change:
            self._change.wait_for(lambda: child is None or self.child is not child, TOLD_WITHIN)
            return self._words or "its process is gone"

    def back(self, within: float) -> bool:
        """Wait until there is a process that can be asked; False: there is none after so many seconds."""
        with self._change:
            return self._change.wait_for(lambda: self.child is not None, within)

    def close(self) -> None:
        """End the process and the thread; from any thread, twice is fine."""
        self._closing.set()
        if (child := self._starting) is not None:
            child.close()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _keep(self) -> None:
        """The thread: one process after the other."""
        memory, pause = new_memory(), RETRY_FIRST
        try:
            while True:
                began = time.monotonic()
                try:
                    self._live(memory)
                except (ModelError, OSError, MemoryError, RuntimeError) as error:
                    self._words = str(error).removeprefix(f"{self._launch.model}: ")
                    if not self._begun:
                        self._give_up()
                        return
                if self._closing.is_set() or not self.restarting:
                    return
                pause = RETRY_FIRST if time.monotonic() - began > SETTLED else pause
                where = (self._launch.model, self._words, pause)
                log.error("%s: %s (nothing is detected until it is started again, in %g s)", *where)
                if self._closing.wait(pause):
                    return
                pause = min(pause * 2, RETRY_MOST)
                self.restarts += 1
        finally:
            os.close(memory)

    def _live(self, memory: int) -> None:
        """One process, from its start to its end.

        Raises:
            ModelError: it couldn't load the model, or loaded another than the first did.
            OSError: no process can be started.
        """
        child = self._starting = Child(self._launch, memory)
        try:
            if self._closing.is_set():  # close() may have come between
                return
            hello = child.hello()
            self._agree(hello, memory)
            child.begin()
            self._tell(child)
            if self.restarts:
                log.info("%s: runs again", self._launch.model)
            child.wait()
            self._words = child.end()
        finally:
            self._tell(None)
            child.close()

    def _agree(self, hello: Hello, memory: int) -> None:
        """Make room for a model's tensors, or see that there is."""
        if not self._begun:
            try:
                self.tensors = SharedTensors(memory, hello, new=True)
            except (OSError, ValueError) as error:
                raise ModelError(f"{self._launch.model}: {error}") from None
            self.hello = hello
        elif (hello.inputs, hello.outputs) != (self.hello.inputs, self.hello.outputs):
            raise ModelError(f"{self._launch.model}: it isn't the model any more that was loaded first")

    @property
    def _begun(self) -> bool:
        """Whether a process has ever loaded the model."""
        return hasattr(self, "hello")

    def _tell(self, child: Child | None) -> None:
        with self._change:
            self.child = child
            self._change.notify_all()

    def _give_up(self) -> None:
        with self._change:
            self._refused = ModelError(f"{self._launch.model}: {self._words}")
            self._change.notify_all()
