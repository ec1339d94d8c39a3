"""Gives units to workers until all are done; a worker that dies costs its unit a try, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from edgedet.batch.crew import Crew
from edgedet.batch.output import Output
from edgedet.batch.work import Done, Unit, Worked
from edgedet.errors import OutputError

HOPELESS = 5
"""So many deaths before any unit was done, and it isn't the units that kill the workers."""

Watch = Callable[[Unit, Sequence[Done]], None]
"""Told of each unit that is done."""


class Driver:
    """One run over what is missing in an output folder.

    Units are done side by side. What a worker died of, or had no memory for, is done again at the end: each item by
    itself, in a new worker, with nothing beside it; after ``tries`` tries in all it is put aside as failed.

    Args:
        crew: who does it.
        output: where it goes.
        tries: of each item.
        watch: told of each unit that is done.
    """

    def __init__(self, crew: Crew, output: Output, tries: int = 3, watch: Watch = lambda *_: None) -> None:
        self._crew, self._output, self._tries, self._watch = crew, output, tries, watch
        self._hopeful = any(True for _ in output.rows())
        self._deaths = 0

    def run(self, units: Sequence[Unit]) -> None:
        """Do them all.

        Raises:
            EdgedetError: no worker can begin at all, or the results can't be written.
        """
        tried = self._output.tries()
        suspect = [unit for unit in units if any(tried[item.key] for item in unit.items)]
        known = {unit.number for unit in suspect}
        suspect += self._side_by_side([unit for unit in units if unit.number not in known])
        if not suspect:
            return
        for place in range(self._crew.size):
            self._crew.dismiss(place)
        self._hopeful = True  # from here on a death is an item's own
        for unit in suspect:
            self._alone(unit)

    def _side_by_side(self, units: Sequence[Unit]) -> list[Unit]:
        """Do units with all workers; returns those that are to be tried alone."""
        suspect: list[Unit] = []
        waiting = iter(units)
        free = list(range(self._crew.size))
        busy: dict[Future[Worked], tuple[int, Unit]] = {}
        while True:
            while free and (unit := next(waiting, None)) is not None:
                place = free.pop()
                busy[self._crew.submit(place, unit)] = place, unit
            if not busy:
                return suspect
            for future in wait(busy, return_when=FIRST_COMPLETED).done:
                place, unit = busy.pop(future)
                worked = self._outcome(place, unit, future)
                if worked is None:
                    suspect.append(unit)
                else:
                    self._finish(unit, worked.done, worked)
                free.append(place)

    def _outcome(self, place: int, unit: Unit, future: Future[Worked]) -> Worked | None:
        """What came of a unit; None: it has used up a try."""
        try:
            worked = future.result()
        except Exception as error:
            reason = self._crew.death(place, error)
            if reason is None:
                raise
            self._died(unit, f"its worker died ({reason})")
            return None
        if worked.refused is not None:
            raise worked.refused
        if any(done.no_memory for done in worked.done):
            self._died(unit, "not enough memory")
            return None
        return worked

    def _died(self, unit: Unit, reason: str) -> None:
        self._output.died(unit, reason)
        self._deaths += 1
        if not self._hopeful and self._deaths >= max(HOPELESS, 2 * self._crew.size):
            raise OutputError(
                f"{self._deaths} workers died before anything was done, the last: {reason}; "
                "give fewer --workers, or a machine with more memory"
            )

    def _alone(self, unit: Unit) -> None:
        """Do each item of a unit by itself, with nothing beside it."""
        done, spent = [], Worked((), "", 0.0, 0.0)
        for item in unit.items:
            single, worked, reason = Unit(unit.number, (item,)), None, ""
            while worked is None and self._output.tries()[item.key] < self._tries:
                future = self._crew.submit(0, single)
                wait([future])
                worked = self._outcome(0, single, future)
                if worked is None:
                    self._crew.dismiss(0)
            if worked is None:
                reason = self._output.last_words(item.key)
                done.append(Done(failure=f"{item.key}: {reason}; tried {self._tries} times"))
                continue
            done += worked.done
            spent = Worked((), worked.worker, spent.wall_s + worked.wall_s, spent.cpu_s + worked.cpu_s)
        self._finish(unit, done, spent)

    def _finish(self, unit: Unit, done: Sequence[Done], worked: Worked) -> None:
        self._output.finish(unit, done, worked.worker, worked.wall_s, worked.cpu_s)
        self._hopeful = True
        self._watch(unit, done)
