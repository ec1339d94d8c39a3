"""What is to be done and what came of it: the values that travel between the driver and its workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from edgedet.errors import EdgedetError


@dataclass(frozen=True, slots=True)
class Item:
    """One clip, picture or candidate: the smallest thing that can succeed or fail by itself.

    Attributes:
        key: its name in the results, unique in a run.
        place: where it is read from: a path, or an address such as ``s3://bucket/clip.mp4``.
        size: in bytes; 0 where that isn't known.
        stamp: changes when the content does: the time of the last change, or a bucket's ETag.
        facts: what else is known of it; of a catalogue's clip it goes into each of its results.
    """

    key: str
    place: str = ""
    size: int = 0
    stamp: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """What a worker gets at a time.

    Attributes:
        number: its place in the run, from 0; results are merged in this order.
        items: one clip, or some pictures.
    """

    number: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an item.

    Attributes:
        lines: its results, each a line of JSON without its end.
        failure: why it failed, in a line; empty: it didn't. There may be lines of what could be read before.
        no_memory: it failed for want of memory, which it may not want another time.
        frames: how many pictures were looked at.
        files: what belongs beside the results, by path in the output folder.
        spent: medians of times in seconds, by name. They are for the report: no two runs give the same.
    """

    lines: tuple[str, ...] = ()
    failure: str = ""
    no_memory: bool = False
    frames: int = 0
    files: Mapping[str, bytes] = field(default_factory=dict)
    spent: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Worked:
    """What a worker gives back for a unit.

    Attributes:
        done: of each item, in the unit's order.
        worker: which process, ``host:pid``.
        wall_s, cpu_s: what it took, in seconds, of all the process's threads.
        refused: why this worker can do nothing at all; what any other would say too.
    """

    done: tuple[Done, ...]
    worker: str
    wall_s: float
    cpu_s: float
    refused: EdgedetError | None = None


Task = Callable[[Item], Done]
"""Does one item; raises EdgedetError where it can't be done, and that is the item's failure."""


class Job(Protocol):
    """What is done with each item. It is pickled to the workers, each of which opens it once."""

    @property
    def kind(self) -> str:
        """``detect``, ``replay``, ``evaluate`` or ``quantize``."""

    def identity(self) -> Mapping[str, Any]:
        """All that decides the results but for the inputs, as plain values: it must be the same on a resume."""

    def open(self) -> Task:
        """Get ready, in the worker. Raises EdgedetError if that can't be."""


def units_of(items: Sequence[Item], chunk: int, is_small: Callable[[Item], bool]) -> list[Unit]:
    """Cut a run into units: small items that follow each other together, every other by itself.

    >>> a, b, c = Item("a.jpg"), Item("b.jpg"), Item("c.mp4")
    >>> [len(unit.items) for unit in units_of([a, b, c], 8, lambda item: item.key.endswith("jpg"))]
    [2, 1]

    Args:
        items: in the order of the results.
        chunk: how many small ones are together at most.
        is_small: whether one is.
    """
    units: list[tuple[Item, ...]] = []
    together: list[Item] = []
    for item in items:
        if together and (len(together) == chunk or not is_small(item)):
            units.append(tuple(together))
            together = []
        if is_small(item):
            together.append(item)
        else:
            units.append((item,))
    if together:
        units.append(tuple(together))
    return [Unit(number, each) for number, each in enumerate(units)]
