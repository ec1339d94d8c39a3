"""The keeper of events and the recorders of all cameras, as one thing that runs and ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from edgedet.config import RetentionConfig
from edgedet.events.change import Change
from edgedet.events.keeper import Keeper
from edgedet.events.recorder import Recorder

SETTLE = 1.0
"""Seconds at the end for the last news to reach the recorders."""
FINISH, FINISH_FILM = 2.5, 65.0
"""Seconds the recorders of live cameras, and of films, may take to finish what they have begun, and a bit."""


class Keeping:
    """Runs the keeper, and for each camera that is recorded its recorder.

    Args:
        keeper: takes news of events.
        recorders: by camera.
        live: whether all cameras are.
    """

    def __init__(self, keeper: Keeper, recorders: Mapping[str, Recorder], live: bool = True) -> None:
        self.keeper, self.recorders = keeper, recorders
        keeper.recorders = recorders
        self._live = live
        self._recording = len(recorders)

    def threads(self) -> dict[str, Callable[[], None]]:
        """What has to run, each in a thread of its own, by name."""
        found: dict[str, Callable[[], None]] = {"keeper": self.keeper.run}
        for name, recorder in self.recorders.items():
            found[f"encode-{name}"] = recorder.encode
            found[f"record-{name}"] = partial(self._record, recorder)
        return found

    def _record(self, recorder: Recorder) -> None:
        try:
            recorder.run()
        finally:
            self._recording -= 1
            if not self._recording:  # what they have finished is noted before the keeper ends
                self.keeper.close()

    def put(self, changes: Sequence[Change]) -> None:
        """Take news of events; never waits."""
        self.keeper.put(*changes)

    def close(self) -> float:
        """Finish everything; how many seconds that may take from now on."""
        self.keeper.settle(SETTLE)
        for recorder in self.recorders.values():
            recorder.close()
        if not self.recorders:
            self.keeper.close()
        return FINISH if self._live else FINISH_FILM

    def retain(self, config: RetentionConfig) -> None:
        """Keep things by other limits from now on."""
        if self.keeper.store is not None:
            self.keeper.store.retention = config

    def report(self) -> dict[str, Any]:
        """How it goes: events told, notes that wait for the storage, and each recorder's figures."""
        return {
            "told": self.keeper.told,
            "waiting": self.keeper.late,
            "lost": self.keeper.lost,
            "recorders": {name: asdict(recorder.stats) for name, recorder in self.recorders.items()},
        }
