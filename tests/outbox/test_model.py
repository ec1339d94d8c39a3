"""Whatever is done to it in whatever order, it behaves like plain lists."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from edgedet.outbox import Outbox

SINKS = st.sampled_from(["push", "mqtt"])


class Queues(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.outbox = Outbox(self.folder / "outbox.db", most=8)
        self.order: list[tuple[str, str]] = []
        self.known: set[tuple[str, str]] = set()

    @rule(sink=SINKS, key=st.integers(0, 30).map(str))
    def put(self, sink: str, key: str) -> None:
        assert self.outbox.put(sink, key, {"key": key}) == ((sink, key) not in self.known)
        if (sink, key) not in self.known:
            self.order = [*self.order, (sink, key)][-8:]
        self.known.add((sink, key))

    @rule(sink=SINKS, drop=st.booleans())
    def finish(self, sink: str, drop: bool) -> None:
        item = self.outbox.next(sink)
        expected = next((name for name in self.order if name[0] == sink), None)
        assert (item and item.name) == expected
        if item is not None:
            assert item.message == {"key": item.key}
            self.outbox.drop(item, "why") if drop else self.outbox.done(item)
            self.order.remove(item.name)

    @rule(sink=SINKS)
    def put_off(self, sink: str) -> None:
        item = self.outbox.next(sink)
        if item is not None:
            self.outbox.later(item, 60)
            assert self.outbox.next(sink) is None
            self.outbox.later(item, 0)

    @rule()
    def restart(self) -> None:
        self.outbox.close()
        self.outbox = Outbox(self.folder / "outbox.db", most=8)

    @rule()
    def take_the_file_away(self) -> None:
        """All is lost but nothing fails."""
        for path in self.folder.iterdir():
            path.unlink()
        self.order, self.known = [], set()
        self.outbox.put("x", "x", {})
        item = self.outbox.next("x")
        assert item is not None
        self.outbox.done(item)

    @invariant()
    def counts(self) -> None:
        for sink in ("push", "mqtt"):
            assert self.outbox.waiting(sink) == sum(name[0] == sink for name in self.order)
            assert self.outbox.wait(sink, 0) == (self.outbox.waiting(sink) > 0)

    def teardown(self) -> None:
        self.outbox.close()
        shutil.rmtree(self.folder)


TestQueues = Queues.TestCase
TestQueues.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
