"""Where threads spend their time: functions of the running program, timed on the clock and on the processor."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Path = tuple[str, ...]
"""The thread's name, then the names of the timed functions it is in, the innermost last."""

Totals = dict[Path, tuple[float, float]]
"""Seconds on the clock and on the processor, by path; what inner functions took is in the outer ones' too."""

Watched = tuple[Any, str, str]
"""A function to be timed: the class or module it is in, its name there, and what it is called in the result."""


class _Thread:
    """One thread's own counters: nobody else writes them."""

    def __init__(self) -> None:
        self.path: Path = (threading.current_thread().name.removeprefix("edgedet-").partition("-")[0],)
        self.totals: dict[Path, list[float]] = {}


class Spans:
    """Seconds that timed functions took, by thread and by who called them.

    >>> import math
    >>> spans = Spans()
    >>> with spans.timing([(math, "sqrt", "root")]):
    ...     math.sqrt(2.0) > 1.41
    True
    >>> list(spans.totals())
    [('MainThread', 'root')]
    """

    def __init__(self) -> None:
        self._local = threading.local()
        self._threads: list[_Thread] = []

    @contextlib.contextmanager
    def timing(self, watched: Sequence[Watched]) -> Iterator[None]:
        """Time these functions meanwhile, whoever calls them; it costs each call about two microseconds."""
        with contextlib.ExitStack() as undo:
            for owner, attribute, name in watched:
                function = getattr(owner, attribute)
                undo.callback(setattr, owner, attribute, function)
                setattr(owner, attribute, self._timed(function, name))
            yield

    def clear(self) -> None:
        """Forget what was counted so far; from any thread."""
        for thread in list(self._threads):
            thread.totals = {}

    def totals(self) -> Totals:
        """What was counted so far; from any thread."""
        found: Totals = {}
        for thread in list(self._threads):
            for path, (wall, cpu) in list(thread.totals.items()):
                before = found.get(path, (0.0, 0.0))
                found[path] = (before[0] + wall, before[1] + cpu)
        return found

    def _timed(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            thread = self._thread()
            outer = thread.path
            thread.path = path = (*outer, name)
            wall, cpu = time.perf_counter(), time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
                thread.path = outer
                spent = thread.totals.setdefault(path, [0.0, 0.0])
                spent[0] += wall
                spent[1] += cpu

        return timed

    def _thread(self) -> _Thread:
        thread: _Thread | None = getattr(self._local, "thread", None)
        if thread is None:
            thread = self._local.thread = _Thread()
            self._threads.append(thread)
        return thread
