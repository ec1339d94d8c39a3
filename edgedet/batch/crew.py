"""The workers of a run, wherever they are."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Protocol

from edgedet.batch.work import Unit, Worked


class WorkerDied(Exception):
    """A worker ended in the middle of a unit; the text says how, as far as that is known."""


class Crew(Protocol):
    """A number of workers, each in a place of its own: :class:`edgedet.batch.pool.Pool` or a cluster's.

    Attributes:
        name: what they are, for the report.
        size: how many places there are, numbered from 0.
    """

    name: str
    size: int

    def submit(self, place: int, unit: Unit) -> Future[Worked]:
        """Give a unit to the worker in a place; one is hired if there is none. It must be idle."""

    def death(self, place: int, error: BaseException) -> str | None:
        """How the worker in a place died, if that is what an error of its future means; it is dismissed."""

    def dismiss(self, place: int) -> None:
        """End the worker in a place and free what it holds."""

    def close(self) -> None:
        """End them all."""
