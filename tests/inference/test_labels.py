"""Labels in the forms people keep them in."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.errors import LabelsError
from edgedet.inference.labels import GAP, fit_labels, parse_labels, read_labels
from tests.places import shared


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("person\ncat\n", ("person", "cat")),
        ("\ufeffperson\r\ncat\r\n".removeprefix("\ufeff"), ("person", "cat")),
        ("0 person\n1 cat", ("person", "cat")),
        ("0: person\n2: traffic light", ("person", GAP, "traffic light")),
        ("1,dog\n0,cat", ("cat", "dog")),
        ("# made by hand\nperson\n\n  dog  \n", ("person", "dog")),
        ("???\nperson\nbicycle", ("???", "person", "bicycle")),
        ("7up\n2 fast", ("7up", "2 fast")),
    ],
)
def test_forms(text: str, names: tuple[str, ...]) -> None:
    assert parse_labels(text, "labels.txt") == names


def test_the_coco_list_with_gaps() -> None:
    names = read_labels(shared("data/photos/coco_labels.txt"))
    assert len(names) == 90
    assert (names[0], names[89]) == ("person", "toothbrush")
    assert names.count(GAP) == 10


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no labels"),
        (b"\n# only this\n", "no labels"),
        (b"0 a\n0 b", "twice"),
        (b"\xff\xfe", "UTF-8"),
        (b"a\0b", "NUL"),
    ],
)
def test_what_is_no_labels_file_is_said(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "labels.txt"
    file.write_bytes(content)
    with pytest.raises(LabelsError, match=why) as error:
        read_labels(file)
    assert str(file) in str(error.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(LabelsError, match="can't be read"):
            read_labels(path)


def test_the_background_is_no_class() -> None:
    assert fit_labels(("???", "person", "cat"), 2, "l") == ("person", "cat")
    assert fit_labels(("background", "person"), None, "l") == ("person",)
    assert fit_labels(("???", "person"), 2, "l") == ("???", "person")


def test_a_count_that_does_not_match_is_an_error() -> None:
    with pytest.raises(LabelsError, match="3 labels for a model of 90 classes"):
        fit_labels(("a", "b", "c"), 90, "l")


@given(st.text())
def test_any_text_gives_labels_or_one_line(text: str) -> None:
    names: tuple[str, ...] = ()
    with contextlib.suppress(LabelsError):
        names = parse_labels(text, "x")
        assert names
    assert all(name.strip() for name in names)
