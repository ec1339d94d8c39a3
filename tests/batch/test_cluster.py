"""Ray's actors, on a cluster of this machine's."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from edgedet.batch.run import Means, run
from edgedet.batch.work import Item
from edgedet.errors import ConfigError
from tests.batch.jobs import Obedient

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="needs Ray (edgedet[cluster])"),
]


def test_actors_that_die_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "diary").touch()
    job = Obedient(tmp_path / "diary")
    items = [Item(key) for key in ("a", "broken-1", "die-1", "hunger-1", "b", "c")]
    output, session = run(job, items, Means(tmp_path / "out", 2, "local"), 2, lambda _: True)
    with output:
        assert [json.loads(line)["source"] for line in output.lines()] == ["a", "b", "c"]
        reasons = {each["source"]: each["reason"] for each in output.failures()}
    assert list(reasons) == ["broken-1", "die-1", "hunger-1"]
    assert "its worker died (ended, or its machine is gone); tried 3 times" in reasons["die-1"]
    assert (session.crew, session.workers) == ("Ray", 2)


def test_a_cluster_that_is_not_there_is_refused(tmp_path: Path) -> None:
    job = Obedient(tmp_path / "diary")
    with pytest.raises(ConfigError, match=r"--cluster 127\.0\.0\.1:1: can't be used"):
        run(job, [Item("a")], Means(tmp_path / "out", 2, "127.0.0.1:1"), 1, lambda _: True)
