"""Several datasets as one: classes, what is known, ids, licences."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edgedet.errors import DataError
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.coco import read_coco, to_coco
from edgedet.lab.datasets.formats import read_dataset, write_dataset
from edgedet.lab.datasets.merge import merge
from tests.lab.datasets.making import picture, save_picture


def two(folder: Path) -> list[Dataset]:
    people = picture(save_picture(folder / "p.png"), [[1, 1, 9, 9]], known=np.ones(1, np.bool_), extra={"license": 1})
    pets = picture(save_picture(folder / "q.png", seed=1), [[1, 1, 9, 9], [2, 2, 8, 8]], [1, 0], extra={"license": 1})
    return [
        Dataset(("person",), (people,), "people", {"licenses": [{"id": 1, "name": "CC BY"}]}),
        Dataset(("cat", "dog"), (pets,), "pets", {"licenses": [{"id": 1, "name": "MIT"}]}),
    ]


def test_what_a_dataset_does_not_have_is_unknown(tmp_path: Path) -> None:
    data = merge(two(tmp_path))
    assert data.labels == ("person", "cat", "dog")
    assert [p.known.tolist() for p in data] == [[True, False, False], [False, True, True]]
    assert [p.labels.tolist() for p in data] == [[0], [2, 1]]
    assert [p.id for p in data] == [1, 2]
    chosen = merge(two(tmp_path), ("dog", "person"))
    assert [p.labels.tolist() for p in chosen] == [[1], [0]]
    assert [p.known.tolist() for p in chosen] == [[False, True], [True, False]]


def test_what_is_known_outlives_a_file(tmp_path: Path) -> None:
    data = merge(two(tmp_path), ("cat", "person", "dog"))
    write_dataset(data, tmp_path / "out", "coco")
    back = read_dataset(tmp_path / "out")
    assert back.labels == data.labels
    assert [p.known.tolist() for p in back] == [p.known.tolist() for p in data]
    written = json.loads((tmp_path / "out" / "instances.json").read_text())
    assert written["images"][1]["not_exhaustive_category_ids"] == [2]
    assert written["images"][1]["neg_category_ids"] == []
    assert written["images"][0]["not_exhaustive_category_ids"] == [1, 3]


def test_licences_stay_their_own(tmp_path: Path) -> None:
    data = merge(two(tmp_path))
    names = {entry["id"]: entry["name"] for entry in data.extra["licenses"]}
    assert [names[p.extra["license"]] for p in data] == ["CC BY", "MIT"]


def test_a_licence_without_an_entry_stays_apart(tmp_path: Path) -> None:
    people, pets = two(tmp_path)
    data = merge([Dataset(people.labels, people.pictures), pets])
    assert data.extra["licenses"] == [{"id": 2, "name": "MIT"}]
    assert [p.extra["license"] for p in data] == [1, 2]


def test_a_class_nobody_has(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="bus: no class of the datasets; there are person, cat, dog"):
        merge(two(tmp_path), ("person", "bus"))


def test_categories_in_another_order_come_back_in_it(tmp_path: Path) -> None:
    content = {
        "images": [{"id": 1, "file_name": "p.png", "width": 64, "height": 48}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 18, "bbox": [1, 1, 2, 2]}],
        "categories": [{"id": 1, "name": "person"}, {"id": 18, "name": "dog", "supercategory": "animal"}],
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    kept = to_coco(read_coco(tmp_path / "a.json").with_labels(("dog",)))
    assert kept["categories"] == [{"id": 18, "name": "dog", "supercategory": "animal"}]
    turned = to_coco(read_coco(tmp_path / "a.json").with_labels(("dog", "person")))
    assert [(c["id"], c["name"]) for c in turned["categories"]] == [(1, "dog"), (2, "person")]
    assert turned["annotations"][0]["category_id"] == 1
