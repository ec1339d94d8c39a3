from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edgedet.events.store import Query, Store, StoreError, query
from edgedet.events.store.reading import find_id
from edgedet.events.store.statistics import statistics
from tests.events.store.made import BEGAN, event, keep_whole


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with Store(tmp_path, clock=lambda: BEGAN) as store:
        keep_whole(store, 0, label="cat")
        keep_whole(store, 60, camera="yard")
        store.put(event(120, zones=("door",)))
    return tmp_path


def numbers(root: Path, **wanted: object) -> list[int]:
    return [each.event.track_id for each in query(root, Query(**wanted))]  # type: ignore[arg-type]


def test_filters(root: Path) -> None:
    assert numbers(root) == [0, 60, 120]
    assert numbers(root, newest_first=True, limit=2) == [120, 60]
    assert numbers(root, labels=("cat", "dog")) == [0]
    assert numbers(root, cameras=("yard",)) == [60]
    assert numbers(root, zones=("door",)) == [120]
    assert numbers(root, kept=True) == []
    assert numbers(root, ids=(event(0).id,), labels=("person",)) == []


def test_times_select_what_lasted_into_them(root: Path) -> None:
    assert numbers(root, since=BEGAN + timedelta(seconds=5)) == [0, 60, 120], "the first ended just then"
    assert numbers(root, since=BEGAN + timedelta(seconds=6)) == [60, 120]
    assert numbers(root, until=BEGAN + timedelta(seconds=60)) == [0], "the end isn't in it"
    assert numbers(root, since=BEGAN + timedelta(days=9)) == [120], "it goes on"


def test_an_id_may_be_cut_short(root: Path) -> None:
    assert find_id(root, "latest") == event(120).id
    assert find_id(root, "20241120-220100") == event(60, camera="yard").id
    with pytest.raises(StoreError, match="more than one event begins so"):
        find_id(root, "2024")
    with pytest.raises(StoreError, match="no such event"):
        find_id(root, "2027%")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_somebody_who_may_only_read_reads(root: Path) -> None:
    root.chmod(0o755)
    for folder in root.parents[:-2]:
        folder.chmod(folder.stat().st_mode | 0o055)
    code = (
        "import os, sys; from pathlib import Path; from edgedet.events.store import query\n"
        "os.setgid(65534); os.setuid(65534); print(len(query(Path(sys.argv[1]))))"
    )
    for running in (False, True):
        store = Store(root)
        if running:
            store.open()
        done = subprocess.run([sys.executable, "-c", code, root], capture_output=True, text=True)
        store.close()
        assert (done.stdout, running) == ("3\n", running), done.stderr


def test_numbers(root: Path) -> None:
    found = statistics(root, Query(), card_tbw=1, now=BEGAN, zone=UTC)
    assert (found.events, found.kept, found.labels) == (3, 0, {"person": 2, "cat": 1})
    assert found.days == {"2024-11-20": 3}
    assert found.hours[22] == 3
    assert sum(found.hours) == 3
    assert found.written_today > 2 * 2 * 1000
    assert found.wear.years == pytest.approx(1e12 / found.written_today / 365.25)
    later = statistics(root, Query(), now=BEGAN + timedelta(days=9), zone=UTC)
    assert later.wear.assumed
    assert later.wear.bytes_per_day == pytest.approx(found.written_today / 10)
    assert later.to_dict()["written_today"] == 0


def test_nothing_written_wears_nothing(tmp_path: Path) -> None:
    Store(tmp_path).open()
    assert statistics(tmp_path, Query(), now=datetime.now(UTC)).to_dict()["card_years"] is None
