from __future__ import annotations

from pathlib import Path

import pytest

from edgedet.batch.catalogue import Choice
from edgedet.batch.inputs import items_of
from edgedet.batch.output import fingerprint
from edgedet.errors import ConfigError, SourceError

ALL = Choice()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("10.jpg", "2.jpg", "sub/a.mp4", ".hidden/b.jpg", "notes.txt", ".c.jpg"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "in"


def names(paths: list[str], **options: bool) -> list[str]:
    return [Path(item.key).name for item in items_of(paths, ALL, **options)]


def test_a_folder_is_read_whole_in_a_persons_order(folder: Path) -> None:
    assert names([str(folder)]) == ["2.jpg", "10.jpg", "a.mp4"]
    assert names([str(folder)], pictures=False) == ["a.mp4"]


def test_nothing_is_taken_twice(folder: Path) -> None:
    assert names([str(folder / "*.jpg"), str(folder), str(folder / "2.jpg")]) == ["2.jpg", "10.jpg", "a.mp4"]


def test_what_is_named_itself_is_tried_whatever_its_ending(folder: Path) -> None:
    assert names([str(folder / "notes.txt")]) == ["notes.txt"]


@pytest.mark.parametrize("path", ["nothing", "sub", "*.nothing"])
def test_what_leads_to_nothing_is_refused(folder: Path, path: str) -> None:
    (folder / "sub/a.mp4").unlink()
    with pytest.raises(SourceError, match=r"no clips in it|no such file"):
        items_of([str(folder / path)], ALL)


def test_only_a_catalogue_can_be_chosen_of(folder: Path) -> None:
    with pytest.raises(ConfigError, match="none is given"):
        items_of([str(folder)], Choice(cameras=("front",)))


def test_an_unknown_storage_is_refused() -> None:
    with pytest.raises(ConfigError, match="no such kind of storage"):
        items_of(["ftp://host/clips"], ALL)


def test_the_fingerprint_tells_a_changed_file(folder: Path) -> None:
    before = fingerprint(items_of([str(folder)], ALL))
    assert fingerprint(items_of([str(folder)], ALL)) == before
    (folder / "2.jpg").write_text("another")
    assert fingerprint(items_of([str(folder)], ALL)) != before
