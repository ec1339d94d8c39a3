from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from edgedet.events.store import Store, StoreDamaged, StoreError, query
from edgedet.events.store.database import check
from edgedet.events.store.schema import MIGRATIONS, migrate, version
from tests.events.store.made import assert_consistent, keep_whole


def database(root: Path) -> sqlite3.Connection:
    with Store(root) as store:
        keep_whole(store, 1)
    return sqlite3.connect(root / "edgedet.db", isolation_level=None)


def test_an_older_database_is_brought_up_to_date_with_what_is_in_it(tmp_path: Path) -> None:
    db = database(tmp_path)
    more = (*MIGRATIONS, ("ALTER TABLE events ADD COLUMN note TEXT NOT NULL DEFAULT 'none'",))
    assert migrate(db, "db", more) == (len(MIGRATIONS), len(more))
    assert db.execute("SELECT note FROM events").fetchall() == [("none",)]
    assert migrate(db, "db", more) == (len(more), len(more))


def test_a_migration_that_fails_leaves_the_old_schema(tmp_path: Path) -> None:
    db = database(tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, "db", (*MIGRATIONS, ("DROP TABLE writes", "nonsense")))
    assert version(db) == len(MIGRATIONS)
    db.execute("SELECT * FROM writes")


def test_a_newer_schema_is_refused_and_untouched(tmp_path: Path) -> None:
    database(tmp_path).execute("PRAGMA user_version = 99")
    for act in (lambda: Store(tmp_path).open(), lambda: query(tmp_path)):
        with pytest.raises(StoreError, match="made by a newer edgedet"):
            act()
    assert [path.name for path in tmp_path.glob("*.corrupt-*[0-9]")] == []


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "edgedet.db").execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="another program's database"):
        Store(tmp_path).open()


@pytest.mark.parametrize("damage", ["header", "page", "truncated"])
def test_a_damaged_database_is_set_aside_and_rebuilt(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(tmp_path) as store:
        done = [keep_whole(store, number) for number in range(30)]
    path = tmp_path / "edgedet.db"
    before = query(tmp_path)
    content = bytearray(path.read_bytes())
    if damage == "header":
        content[:100] = b"\xff" * 100
    elif damage == "page":
        content[4096:12288] = b"\xff" * 8192
    else:
        del content[len(content) // 2 :]
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="damaged"):
        check(path)
    with contextlib.closing(Store(tmp_path)) as store:
        assert str(store.open()) == "30 adopted"
    assert query(tmp_path) == before
    assert len(before) == len(done)
    assert_consistent(tmp_path)
    warnings = [each.message for each in caplog.records if each.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "damaged; set aside as edgedet.db.corrupt-" in warnings[0]
    assert len(list(tmp_path.glob("*.corrupt-*[0-9]"))) == 1
