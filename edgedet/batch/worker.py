"""What runs in a worker process, whoever started it."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import threading
import time
from multiprocessing import parent_process
from multiprocessing.connection import wait

from edgedet.batch.work import Done, Item, Job, Task, Unit, Worked
from edgedet.errors import EdgedetError

_CV2_NO_MEMORY = -4
"""The ``code`` of OpenCV's own error where it can't have memory (cv::Error::StsNoMem)."""


class Worker:
    """Does units, one at a time. The job is opened with the first of them.

    Args:
        job: what is done with each item.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._task: Task | None = None

    def work(self, unit: Unit) -> Worked:
        """Do a unit; whatever goes wrong with an item is in what is returned."""
        name = f"{socket.gethostname()}:{os.getpid()}"
        wall, cpu = time.monotonic(), time.process_time()
        try:
            if self._task is None:
                self._task = self._job.open()
        except EdgedetError as error:
            return Worked((), name, 0.0, 0.0, error)
        task = self._task
        done = tuple(_do(task, item) for item in unit.items)
        return Worked(done, name, time.monotonic() - wall, time.process_time() - cpu)


def _do(task: Task, item: Item) -> Done:
    try:
        return task(item)
    except EdgedetError as error:
        return Done(failure=str(error))
    except Exception as error:  # one odd clip in ten thousand mustn't end the run
        if isinstance(error, MemoryError) or getattr(error, "code", None) == _CV2_NO_MEMORY:
            return Done(failure=f"{item.key}: not enough memory", no_memory=True)
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return Done(failure=f"{item.key}: internal error: {text}; please report it")


_worker: Worker | None = None


def begin(job: str) -> None:
    """Make this process of a local pool a worker, which ends with the process that started it.

    Args:
        job: the file in which the job is pickled.
    """
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the driver, which ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with open(job, "rb") as file:  # noqa: PTH123 - of another process's descriptors
        _worker = Worker(pickle.load(file))


def work(unit: Unit) -> Worked:
    """Do a unit in this process, of which :func:`begin` made a worker."""
    assert _worker is not None
    return _worker.work(unit)


def _end_with_parent() -> None:
    """A killed driver can't stop its workers, and they would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
