"""Records until it is killed: ``python -m tests.events.store.recording ROOT FIRST MAX_GB``; says what is safe."""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from edgedet.config.retention import RetentionConfig
from edgedet.events.places import NAMES, Kept
from edgedet.events.store import Store
from tests.events.store.made import BEGAN, REPAIRS, event, write


def record(root: Path, first: int, max_gb: float) -> None:
    """Events that overlap, with half clips, pictures, marks and sweeps."""
    store = Store(root, RetentionConfig(max_gb=max_gb, min_free_mb=0), repairs=REPAIRS, clock=lambda: BEGAN)
    say("begins")
    store.open()
    for number in itertools.count(first):
        store.put(event(number))
        say(event(number).id)
        part = store.places.folder(event(number).id) / ".clip.001.part.mp4"
        part.write_bytes(b"x" * 3000)
        store.put(event(number, "update"))
        if number > first:
            finish(store, number - 1)
        if max_gb and number % 3 == 0:
            for gone in store.sweep(most=5).events:
                say(f"-{gone}")


def finish(store: Store, number: int) -> None:
    """The end of an event and its files, as the recorder goes about it."""
    ended = event(number, "end")
    store.put(ended, {"track": [[number, 0, 0, 1, 1, 0.5]]})
    store.kept(write(store.places, ended, "snapshot", 500))
    final = store.places.folder(ended.id) / NAMES["clip"]
    final.with_name(".clip.001.part.mp4").replace(final)
    store.kept(Kept(ended.id, "clip", final, 3000, 1.0, 2.0))


def say(text: str) -> None:
    """One line, at once."""
    os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    record(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
