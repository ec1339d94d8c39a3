"""Every kind of problem is found where it is, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgedet.lab.datasets import Dataset, Picture
from edgedet.lab.datasets.check import check_box_ids, check_dataset, check_numbers
from edgedet.lab.datasets.formats import read_dataset
from edgedet.lab.datasets.pixels import upright_size
from edgedet.lab.datasets.problems import ERRORS, WARNINGS, Problems
from tests.lab.datasets.making import picture, save_picture, small_dataset
from tests.places import shared

pytest.importorskip("PIL")


def found(*pictures: Picture, labels: tuple[str, ...] = ("person",)) -> dict[str, tuple[int, str]]:
    """What is found: the count and the first example of each kind."""
    problems = Problems()
    data = Dataset(labels, pictures)
    check_numbers(data, problems)
    check_box_ids(data, problems)
    check_dataset(data, problems)
    return {finding.kind: (finding.count, finding.examples[0]) for finding in problems.findings}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return save_picture(tmp_path / "a.png")


def test_nothing(tmp_path: Path) -> None:
    data = small_dataset(tmp_path)
    assert found(*data.pictures[:2], labels=data.labels) == {}


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        ([10, 10, 10, 20], "empty-box"),
        ([10, 20, 20, 10], "empty-box"),
        ([-1.5, 0, 10, 10], "box-outside"),
        ([0, -2, 10, 10], "box-outside"),
        ([10, 10, 65.5, 20], "box-outside"),
        ([10, 10, 20, 50], "box-outside"),
        ([np.nan, 10, 20, 20], "not-a-number"),
        ([10, 10, np.inf, 20], "not-a-number"),
    ],
)
def test_boxes(file: Path, box: list[float], kind: str) -> None:
    assert found(picture(file, [[1, 1, 9, 9], box]))[kind][0] == 1
    assert "box 2" in found(picture(file, [[1, 1, 9, 9], box]))[kind][1]


def test_a_pixel_over_the_edge_is_rounding(file: Path) -> None:
    assert found(picture(file, [[-1, -0.5, 65, 48.9]])) == {}


def test_twice_the_same_box(file: Path) -> None:
    boxes = [[1, 1, 9, 9], [1, 1, 9, 9.001], [1, 1, 9, 8]]
    assert found(picture(file, boxes, [0, 0, 0])) == {"duplicate-box": (1, f"{file}: box 2 (1, 1, 9, 9.001) person")}
    assert found(picture(file, boxes[:2], [0, 1]), labels=("person", "cat")) == {}


def test_ids(file: Path, tmp_path: Path) -> None:
    other = save_picture(tmp_path / "b.png", seed=1)
    one, two = (picture(path, [[1, 1, 9, 9]], box_extra=({"id": 4},)) for path in (file, other))
    assert set(found(one, two)) == {"duplicate-picture-id", "duplicate-box-id"}
    assert set(found(one, replace(two, id=2, box_extra=({},)))) == set()


def test_files(tmp_path: Path, file: Path) -> None:
    whole = tmp_path / "whole.jpg"
    cv2.imwrite(str(whole), cv2.imread(str(file)))
    for name, data in {"cut.jpg": whole.read_bytes()[:-300], "text.jpg": b"hello", "empty.jpg": b""}.items():
        (tmp_path / name).write_bytes(data)
    boxes = [[1, 1, 9, 9]]
    bad = [picture(tmp_path / f"{n}.jpg", boxes, id=i) for i, n in enumerate(("cut", "text", "empty", "none"))]
    seen = found(*bad, picture(file, boxes, id=9, width=48, height=64))
    assert {kind: count for kind, (count, _) in seen.items()} == {
        "undecodable-file": 3,
        "missing-file": 1,
        "size-differs": 1,
    }
    assert "cut.jpg" in seen["undecodable-file"][1]
    assert seen["size-differs"][1] == f"{file}: 64x48, annotated as 48x64"


def test_a_picture_on_its_side_is_as_large_as_it_is_upright(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x0112] = 6
    image.new("RGB", (64, 48)).save(tmp_path / "a.jpg", exif=exif)
    assert upright_size(tmp_path / "a.jpg") == (48, 64)
    assert cv2.imread(str(tmp_path / "a.jpg")).shape == (64, 48, 3)
    assert found(picture(tmp_path / "a.jpg", [[1, 1, 40, 60]], width=48, height=64)) == {}


def test_the_same_picture_in_two_splits(tmp_path: Path, file: Path) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(file.read_bytes())
    one, two = (picture(path, [[1, 1, 9, 9]], id=i, split="train") for i, path in enumerate((file, copy)))
    assert found(one, two) == {"duplicate-picture": (1, f"{file} = {copy}")}
    assert found(one, replace(two, split="val")) == {"in-two-splits": (1, f"{file} (train) = {copy} (val)")}


def test_classes_and_pictures_without_a_box(file: Path) -> None:
    assert found(picture(file), labels=("person",)) == {
        "class-without-box": (1, "person"),
        "picture-without-box": (1, str(file)),
    }


def test_all_kinds_are_spoken_of() -> None:
    problems = Problems()
    for kind in (*WARNINGS, *ERRORS):
        problems.add(kind, "here")
    assert [finding.kind for finding in problems.findings] == [*ERRORS, *WARNINGS]
    assert problems.failed
    only_warnings = Problems()
    only_warnings.add("duplicate-box", "here")
    assert not only_warnings.failed


@pytest.mark.parametrize("name", ["coco-mini", "openimages-mini"])
def test_real_pictures_are_sound(name: str) -> None:
    data = read_dataset(shared(f"data/{name}"))
    problems = Problems()
    check_dataset(data, problems)
    assert not problems.failed
