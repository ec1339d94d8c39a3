"""Jobs for tests: they do next to nothing, and die when told to."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgedet.batch.work import Done, Item, Task
from edgedet.errors import ModelError, SourceError


@dataclass(frozen=True, slots=True)
class Obedient:
    """Does with each item what its key says: ``die``, ``hunger``, ``broken``, ``bug``; every other succeeds.

    Attributes:
        diary: a file with a line for each item begun, by whoever began it.
        mends_after: how often ``die`` and ``hunger`` do so before they succeed.
        seconds: what each item takes.
        refuses: whether it can't be opened at all.
        ballast: as much as a model weighs: more than a pipe holds for a worker that is killed before it reads.
    """

    diary: Path
    mends_after: int = 1000
    seconds: float = 0.0
    refuses: bool = False
    ballast: bytes = bytes(1 << 20)
    kind: str = "obedient"

    def identity(self) -> Mapping[str, Any]:
        return {"model": "none"}

    def open(self) -> Task:
        if self.refuses:
            raise ModelError("model: can't be read; check the path")
        return self._do

    def _do(self, item: Item) -> Done:
        with self.diary.open("a") as file:
            file.write(f"{item.key}\n")
        time.sleep(self.seconds)
        tried = self.diary.read_text().splitlines().count(item.key)
        what = item.key.split("-")[0]
        if what == "die" and tried <= self.mends_after:
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "hunger" and tried <= self.mends_after:
            raise MemoryError
        if what == "broken":
            raise SourceError(f"{item.key}: can't be decoded; copy it again")
        if what == "bug":
            raise ZeroDivisionError("by zero")
        return Done((json.dumps({"source": item.key}),), frames=1, files={f"files/{item.key}": item.key.encode()})
