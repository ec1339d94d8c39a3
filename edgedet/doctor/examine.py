"""Runs the checks: side by side, for most of them wait, and none for longer than its time."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from edgedet.doctor.checks import CHECKS, Check
from edgedet.doctor.context import Context, NotRead
from edgedet.doctor.finding import Finding, note, warning

log = logging.getLogger(__name__)

WORKERS = 6
"""Checks at once."""


class _Job:
    """A check under way."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.findings: list[Finding] = []
        self.began = 0.0
        self.started, self.done = threading.Event(), threading.Event()

    def work(self, context: Context) -> None:
        self.began = time.monotonic()
        self.started.set()
        self.findings = _findings(self.check, context)
        self.done.set()


def examine(context: Context, only: Sequence[str] = (), without: Sequence[str] = ()) -> list[Finding]:
    """Run the checks. Never raises for what one of them finds or does.

    Args:
        context: what to look at.
        only: names of the checks to run; empty: all.
        without: names of checks to leave out.

    Returns:
        The findings in the order of the table; at least one for each check.
    """
    chosen = [check for check in CHECKS if (not only or check.name in only) and check.name not in without]
    jobs = [_Job(check) for check in chosen]
    _work_off([job for job in jobs if not job.check.alone], context, WORKERS)
    _work_off([job for job in jobs if job.check.alone], context, 1)  # what is measured wants the machine for itself
    return [_clean(replace(found, check=job.check.name), context) for job in jobs for found in job.findings]


def _work_off(jobs: Sequence[_Job], context: Context, workers: int) -> None:
    waiting: queue.SimpleQueue[_Job] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)

    def work() -> None:
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            job.work(context)

    def hire() -> None:
        threading.Thread(target=work, name="edgedet-doctor", daemon=True).start()

    for _ in range(min(workers, len(jobs))):
        hire()
    for job in jobs:
        job.started.wait()
        if not job.done.wait(max(0.0, job.began + job.check.seconds - time.monotonic())):
            job.findings = [_late(job.check)]
            hire()  # its worker is lost


def _late(check: Check) -> Finding:
    return warning(
        f"no answer within {check.seconds:g} s: it hangs, or this machine is very busy",
        f"look again when it is quieter: edgedet doctor --only {check.name}",
    )


def _findings(check: Check, context: Context) -> list[Finding]:
    try:
        found = check.run(context)
        return [found] if isinstance(found, Finding) else list(found)
    except NotRead:
        return [note("not looked at: the settings can't be read while NumPy can't be loaded")]
    except Exception as fault:
        log.debug("doctor: %s", check.name, exc_info=True)
        said = " ".join(f"{type(fault).__name__}: {fault}".split())
        return [warning(f"the check itself failed: {said}", "please report it (EDGEDET_DEBUG=1 shows where)")]


def _clean(found: Finding, context: Context) -> Finding:
    """On one line each, and without the credentials of addresses."""
    text, fix = " ".join(found.text.split()), " ".join(found.fix.split())
    if context.settings is None:  # no settings, no addresses; what hides them needs NumPy
        return replace(found, text=text, fix=fix)
    from edgedet.toml import hide

    return replace(found, text=hide(text), fix=hide(fix))
