"""How far a run is: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from edgedet.batch.driver import Watch
from edgedet.batch.work import Done, Unit

EVERY = 10.0
"""Seconds between two lines."""


@contextmanager
def progress(total: int, done: int) -> Iterator[Watch]:
    """Show it on standard error.

    Args:
        total: clips and pictures of the run.
        done: how many an earlier session did.
    """
    if done:
        click.echo(f"{done} of {total} were done before", err=True)
    if sys.stderr.isatty():
        with click.progressbar(length=total, file=sys.stderr, label="batch", show_pos=True) as bar:
            bar.update(done)
            yield lambda unit, _: bar.update(len(unit.items))
        return
    lines = _Lines(total, done)
    yield lines.tell


class _Lines:
    def __init__(self, total: int, done: int) -> None:
        self._total, self._done, self._before = total, done, done
        self._failed = 0
        self._begun = self._told = time.monotonic()

    def tell(self, unit: Unit, done: Sequence[Done]) -> None:
        self._done += len(unit.items)
        self._failed += sum(bool(each.failure) for each in done)
        now = time.monotonic()
        if now - self._told < EVERY and self._done < self._total:
            return
        self._told = now
        rate = (self._done - self._before) / max(now - self._begun, 1e-3)
        failed = f", {self._failed} failed" if self._failed else ""
        click.echo(f"{self._done} of {self._total}, {rate:.2f}/s{failed}", err=True)
