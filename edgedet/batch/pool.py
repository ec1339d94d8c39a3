"""Workers as processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import tempfile
import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from pathlib import Path

from edgedet.batch import worker
from edgedet.batch.work import Job, Unit, Worked


class Pool:
    """A crew of processes, each an executor of its own: so it is known which unit a death interrupted.

    Args:
        job: what they do.
        size: how many.
    """

    name = "local pool"

    def __init__(self, job: Job, size: int) -> None:
        self.size = size
        # Not sent with the process: whoever starts one blocks for ever if it is killed before it has read a large job.
        self._job = tempfile.TemporaryFile(prefix="edgedet-")  # noqa: SIM115 - closed by close()
        pickle.dump(job, self._job)
        self._job.flush()
        self._hired: dict[int, _Hired] = {}
        self._killed_for_memory = _oom_kills()

    def submit(self, place: int, unit: Unit) -> Future[Worked]:
        """Give a unit to the worker in a place; one is hired if there is none."""
        hired = self._hired.get(place)
        if hired is not None:
            try:
                return hired.executor.submit(worker.work, unit)
            except BrokenProcessPool:  # it was killed while it had nothing to do
                self.dismiss(place)
        context = multiprocessing.get_context("spawn")  # a fork would copy locks that threads of libraries hold
        executor = ProcessPoolExecutor(1, context, worker.begin, (f"/proc/{os.getpid()}/fd/{self._job.fileno()}",))
        others = set(multiprocessing.active_children())
        future = executor.submit(worker.work, unit)
        process = next(iter(set(multiprocessing.active_children()) - others), None)
        self._hired[place] = _Hired(executor, process)
        return future

    def death(self, place: int, error: BaseException) -> str | None:
        """How the worker in a place died, if that is what an error of its future means; it is dismissed."""
        if not isinstance(error, BrokenProcessPool):
            return None
        process = self._hired[place].process
        how = _how(process) if process is not None else "ended"
        killed = _oom_kills()
        if killed > self._killed_for_memory:
            how += "; the system killed a process for want of memory"
        self._killed_for_memory = killed
        self.dismiss(place)
        return how

    def dismiss(self, place: int) -> None:
        """End the worker in a place and free what it holds."""
        hired = self._hired.pop(place, None)
        if hired is None:
            return
        hired.executor.shutdown(wait=False, cancel_futures=True)
        if hired.process is not None:
            hired.process.kill()

    def close(self) -> None:
        """End them all."""
        for place in list(self._hired):
            self.dismiss(place)
        self._job.close()


class _Hired:
    def __init__(self, executor: ProcessPoolExecutor, process: BaseProcess | None) -> None:
        self.executor, self.process = executor, process


def _how(process: BaseProcess) -> str:
    deadline = time.monotonic() + 5
    while (code := process.exitcode) is None and time.monotonic() < deadline:
        time.sleep(0.01)  # the executor's own thread is asking as well, and only one of them is told
    if code is None or code >= 0:
        return "ended" if code is None else f"ended with code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def _oom_kills() -> int:
    """How many processes the kernel has killed for want of memory so far (proc_vmstat's ``oom_kill``)."""
    try:
        rows = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    except (OSError, ValueError):
        return 0
    return int(rows.get("oom_kill", 0))
