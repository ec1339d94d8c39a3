"""Splits: sizes, shares of each class, equal files, seeds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgedet.errors import ConfigError
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.formats import read_dataset
from edgedet.lab.datasets.split import parse_parts, split_dataset
from tests.lab.datasets.making import picture
from tests.places import shared

LABELS = st.lists(st.lists(st.integers(0, 3), max_size=3), min_size=1, max_size=40)


def dataset(labels: list[list[int]], folder: Path = Path("nowhere")) -> Dataset:
    pictures = (
        picture(folder / f"{i}.png", [[0, 0, 9, 9]] * len(classes), classes, id=i) for i, classes in enumerate(labels)
    )
    return Dataset(("a", "b", "c", "d"), tuple(pictures))


@given(LABELS, st.integers(0, 5))
def test_every_picture_gets_one_part(labels: list[list[int]], seed: int) -> None:
    data = dataset(labels)
    parts = {"train": 0.6, "val": 0.25, "test": 0.15}
    done = split_dataset(data, parts, seed)
    assert [p.id for p in done] == [p.id for p in data]
    assert {p.split for p in done} <= set(parts)
    assert [p.split for p in done] == [p.split for p in split_dataset(data, parts, seed)]


def test_every_part_gets_its_share_of_each_class() -> None:
    random = np.random.default_rng(0)
    rare = [[3]] * 10 + [[2, 0]] * 50 + [[1]] * 100 + [[]] * 40
    data = dataset([rare[i] for i in random.permutation(200)])
    done = split_dataset(data, {"train": 0.8, "val": 0.2}, seed=1)
    val = done.of_split("val")
    assert len(val) == 40
    assert [sum(label in p.labels for p in val) for label in range(4)] == [10, 20, 10, 2]
    assert sum(not len(p) for p in val) == 8
    assert [p.split for p in done] != [p.split for p in split_dataset(data, {"train": 0.8, "val": 0.2}, seed=2)]


def test_equal_files_stay_together(tmp_path: Path) -> None:
    data = dataset([[0]] * 60, tmp_path)
    for i in range(60):
        (tmp_path / f"{i}.png").write_bytes(bytes([i % 20]))
    for seed in range(5):
        done = split_dataset(data, {"train": 0.5, "val": 0.5}, seed)
        assert len(done.of_split("train")) == 30
        assert all(done.pictures[i].split == done.pictures[i % 20].split for i in range(60))


def test_real_pictures() -> None:
    data = read_dataset(shared("data/coco-mini")).with_labels(("person", "cat", "dog"))
    done = split_dataset(data, {"train": 0.8, "val": 0.2})
    for label in range(3):
        count = [sum(label in p.labels for p in part) for part in (done.of_split("val"), data)]
        assert count[0] / count[1] == pytest.approx(0.2, abs=0.05)
    assert len(done.of_split("val")) / len(data) == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize(
    "text", ["", "train", "train=x", "=1", "train=0.5,train=0.5", "train=0.5,val=0.2", "a=2,b=-1", "a=nan"]
)
def test_parts_that_are_none(text: str) -> None:
    with pytest.raises(ConfigError):
        split_dataset(dataset([[0]]), parse_parts(text))
