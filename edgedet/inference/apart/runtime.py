"""What the detector sees of a model that runs elsewhere."""

from __future__ import annotations

import contextlib
import logging
import time
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from edgedet.errors import ConfigError, InferenceLost, ModelError
from edgedet.inference.apart.hello import one_line
from edgedet.inference.apart.keeper import Keeper
from edgedet.inference.apart.process import DONE, FAILED, START_WITHIN, Launch
from edgedet.inference.runtime import Tensor, physical_cores

log = logging.getLogger(__name__)

HANGS_AFTER, TIMES_USUAL = 1.5, 20.0
"""A process that doesn't answer is killed after so many seconds, or so many times what its invokes usually take."""

FIRST_WITHIN = 10.0
"""Seconds the first invoke of a process that was started again may take at least: its pages are all to be read yet."""

_SMOOTHING = 0.1


class ApartRuntime:
    """A :class:`edgedet.inference.runtime.Runtime` whose interpreter is in a process of its own.

    Args:
        launch: what is started.

    Attributes:
        sandboxed: whether its process may do nothing but compute.
        keeper: the process and its successors.

    Raises:
        ModelError: the model can't be loaded, or crashes the interpreter.
    """

    def __init__(self, launch: Launch) -> None:
        self.keeper = Keeper(launch)
        self.close = weakref.finalize(self, self.keeper.close)
        hello = self.keeper.hello
        self.name, self.threads, self.sandboxed = hello.name, hello.threads, launch.sandbox
        self.inputs, self.outputs = hello.inputs, hello.outputs
        self._model, self._asked = launch.model, 0
        self._usual: float | None = None
        shared = self.keeper.tensors.outputs
        # who isn't trusted may go on writing while they are read: what was checked must be what is used
        self._outputs = {i: np.empty_like(each) for i, each in shared.items()} if launch.sandbox else shared
        for level, text in hello.notes:
            log.log(level, "%s", text)
        if launch.sandbox:
            missing = f"; not to be had here: {', '.join(hello.missing)}" if hello.missing else ""
            log.info("%s: in a sandbox of %s%s", launch.model.name, ", ".join(hello.layers), missing)

    def input(self) -> NDArray[Any]:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        return self.keeper.tensors.input

    def invoke(self) -> None:
        """Have the model run.

        Raises:
            InferenceLost: its process died or hung, or isn't back yet; a later call may do better.
            ModelError: the interpreter refused.
        """
        child = self.keeper.child
        if child is None:
            raise InferenceLost(f"{self._model}: {self.keeper.lost(None)}")
        within = START_WITHIN if self._usual is None else max(HANGS_AFTER, TIMES_USUAL * self._usual)
        if self._asked != child.pid:
            self._asked, within = child.pid, max(FIRST_WITHIN, within)
        start = time.monotonic()
        answer = child.run(within)
        if answer is None:
            raise InferenceLost(f"{self._model}: {self.keeper.lost(child)}")
        if answer[:1] == FAILED:
            raise ModelError(one_line(answer[1:].decode("utf-8", "replace")))
        if answer != DONE:
            child.kill("it says what makes no sense")
            raise InferenceLost(f"{self._model}: {self.keeper.lost(child)}")
        took = time.monotonic() - start
        self._usual = took if self._usual is None else self._usual + (took - self._usual) * _SMOOTHING
        if self.sandboxed:
            for index, values in self.keeper.tensors.outputs.items():
                np.copyto(self._outputs[index], values)

    def output(self, tensor: Tensor) -> NDArray[Any]:
        """See :class:`edgedet.inference.runtime.Runtime`."""
        return self._outputs[tensor.index]

    def keep(self) -> None:
        """Have its process started again when it dies, from now on; before, a death is taken for the model's fault."""
        self.keeper.restarting = True

    def back(self, within: float) -> bool:
        """Wait for a process that was lost; False: it isn't back after so many seconds."""
        return self.keeper.back(within)

    def cpu_seconds(self) -> float:
        """Seconds of CPU time that the present process has had, with all its threads."""
        child = self.keeper.child
        with contextlib.suppress(psutil.Error):
            if child is not None:
                times = psutil.Process(child.pid).cpu_times()
                return times.user + times.system
        return 0.0

    def report(self) -> dict[str, Any]:
        """How it goes: ``isolate``, ``state`` (``running`` or ``restarting``), ``pid``, ``restarts``, ``rss_mb``."""
        child = self.keeper.child
        rss = 0.0
        with contextlib.suppress(psutil.Error):
            if child is not None:
                rss = psutil.Process(child.pid).memory_info().rss / 2**20
        return {
            "isolate": "sandbox" if self.sandboxed else "process",
            "state": "running" if child is not None else "restarting",
            "pid": child.pid if child is not None else None,
            "restarts": self.keeper.restarts,
            "rss_mb": round(rss, 1),
        }


def open_apart(
    model: Path,
    runtime: str = "auto",
    threads: int = 0,
    delegate: str = "",
    delegate_fallback: bool = False,
    sandbox: bool = False,
) -> ApartRuntime:
    """As :func:`edgedet.inference.runtime.open_runtime`, in a process of its own.

    Args:
        model, runtime, threads, delegate, delegate_fallback: as there.
        sandbox: allow that process nothing but to compute.

    Raises:
        ConfigError: a delegate is wanted in a sandbox, which keeps it from its device.
        ModelError: the model can't be loaded, or crashes the interpreter; or there can be no sandbox here.
    """
    if sandbox and delegate:
        raise ConfigError(
            f'model.isolate: "sandbox" would keep {delegate} from its device; take "process", or no delegate'
        )
    return ApartRuntime(Launch(model, runtime, threads or physical_cores(), delegate, delegate_fallback, sandbox))
