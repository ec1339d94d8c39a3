"""Annotations as other tools write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.exhaustive import known_classes
from edgedet.lab.datasets.formats import read_dataset
from tests.lab.datasets.making import save_picture

OBJECT = (
    "<object><name>{name}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"
)


def xml(name: str, *boxes: str, database: str = "Unknown", folder: str = "pictures", size: bool = True) -> str:
    sides = "<size><width>64</width><height>48</height><depth>3</depth></size>" if size else ""
    return (
        f"<annotation><folder>{folder}</folder><filename>{name}</filename><path>/home/me/{name}</path>"
        f"<source><database>{database}</database></source>{sides}{''.join(boxes)}</annotation>"
    )


def boxes_of(dataset: Dataset, stem: str) -> list[Any]:
    found = next(p for p in dataset if p.path.stem == stem)
    assert found.path.is_file()
    return [(dataset.labels[i], *box) for i, box in zip(found.labels, found.boxes.tolist(), strict=True)]


def test_labelimg_beside_the_pictures(tmp_path: Path) -> None:
    pytest.importorskip("defusedxml")
    save_picture(tmp_path / "1.png")
    (tmp_path / "1.xml").write_text(xml("1.png", OBJECT.format(1, 2, 30, 40, name="dog"), size=False))
    data = read_dataset(tmp_path)
    assert boxes_of(data, "1") == [("dog", 1, 2, 30, 40)]
    assert (data.pictures[0].width, data.pictures[0].height) == (64, 48)


def test_vocdevkit_counts_from_one(tmp_path: Path) -> None:
    pytest.importorskip("defusedxml")
    voc = tmp_path / "VOCdevkit" / "VOC2012"
    save_picture(voc / "JPEGImages" / "2008_000001.png")
    save_picture(voc / "JPEGImages" / "2008_000002.png", seed=1)
    (voc / "Annotations").mkdir()
    (voc / "ImageSets" / "Main").mkdir(parents=True)
    for stem in ("2008_000001", "2008_000002"):
        text = xml(f"{stem}.png", OBJECT.format(1, 1, 64, 48, name="cat"), database="The VOC2012 Database")
        (voc / "Annotations" / f"{stem}.xml").write_text(text)
    (voc / "ImageSets" / "Main" / "train.txt").write_text("2008_000001\n")
    (voc / "ImageSets" / "Main" / "val.txt").write_text("2008_000002\n")
    (voc / "ImageSets" / "Main" / "trainval.txt").write_text("2008_000001\n2008_000002\n")
    (voc / "ImageSets" / "Main" / "cat_train.txt").write_text("2008_000001  1\n2008_000002 -1\n")
    data = read_dataset(tmp_path / "VOCdevkit")
    assert boxes_of(data, "2008_000001") == [("cat", 0, 0, 64, 48)]
    assert [p.split for p in data] == ["train", "val"]


def test_roboflow_yolo(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    save_picture(tmp_path / "train" / "images" / "a.png")
    save_picture(tmp_path / "valid" / "images" / "b.png", seed=1)
    for split, text in (("train", "1 0.5 0.5 0.25 0.5\n0 0.1 0.1 0.5 0.1 0.5 0.5\n"), ("valid", "")):
        (tmp_path / split / "labels").mkdir()
        (tmp_path / split / "labels" / f"{'a' if split == 'train' else 'b'}.txt").write_text(text)
    (tmp_path / "data.yaml").write_text(
        "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['cat', 'dog']\nroboflow: {version: 1}\n"
    )
    data = read_dataset(tmp_path)
    assert data.labels == ("cat", "dog")
    found = boxes_of(data, "a")
    assert found[0] == ("dog", 24, 12, 40, 36)
    assert found[1][0] == "cat"
    assert found[1][1:] == pytest.approx((6.4, 4.8, 32, 24), abs=1e-4)
    assert [(p.path.stem, p.split, len(p)) for p in data] == [("a", "train", 2), ("b", "val", 0)]


@pytest.mark.parametrize("classes", ["classes.txt", "obj.names", "voc.names"])
def test_labels_beside_the_pictures(tmp_path: Path, classes: str) -> None:
    pytest.importorskip("yaml")
    save_picture(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("0 0.5 0.5 1 1\n")
    (tmp_path / classes).write_text("cat\ndog\n")
    data = read_dataset(tmp_path)
    assert (data.labels, boxes_of(data, "a")) == (("cat", "dog"), [("cat", 0, 0, 64, 48)])


def test_names_by_number_and_a_list_of_pictures(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    save_picture(tmp_path / "set" / "images" / "a.png")
    (tmp_path / "set" / "val.txt").write_text("./images/a.png\n")
    (tmp_path / "coco8.yaml").write_text("path: set\ntrain:\nval: val.txt\nnames: {0: cat, 1: dog}\n")
    data = read_dataset(tmp_path / "coco8.yaml")
    assert [(p.split, len(p)) for p in data] == [("val", 0)]
    assert data.labels == ("cat", "dog")


@pytest.mark.parametrize(
    "text",
    [
        "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,64,48,dog,1,2,30,40\n",
        "\ufefffilename;width;height;class;xmin;ymin;xmax;ymax\r\na.png;64;48;dog;1;2;30;40\r\n",
        "image,x1,y1,x2,y2,label,area\na.png,1,2,30,40,dog,1102\n",
        "a.png,1,2,30,40,dog\n",
        "a.png,1.0,2.0,30.0,40.0,dog\nb.png,,,,,\n",
        "images\\a.png,1,2,30,40,dog\n",
    ],
)
def test_tables(tmp_path: Path, text: str) -> None:
    pytest.importorskip("PIL")
    save_picture(tmp_path / "a.png")
    save_picture(tmp_path / "b.png")
    if "\\" in text:
        save_picture(tmp_path / "pictures" / "images" / "a.png")
    (tmp_path / "boxes.csv").write_text(text)
    data = read_dataset(tmp_path / "boxes.csv", images=tmp_path / "pictures" if "\\" in text else None)
    assert boxes_of(data, "a") == [("dog", 1, 2, 30, 40)]
    assert len(data) == (2 if "b.png" in text else 1)


def coco(folder: Path, name: str, **image: Any) -> Path:
    save_picture(folder / "a.png")
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": 64, "height": 48} | image],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 7, "bbox": [1, 2, 3, 4]}],
        "categories": [{"id": 7, "name": "dog"}, {"id": 2, "name": "cat"}, {"id": 9, "name": "bus"}],
    }
    (folder / name).write_text(json.dumps(content))
    return folder / name


def test_lvis(tmp_path: Path) -> None:
    file = coco(tmp_path, "lvis.json", neg_category_ids=[2], not_exhaustive_category_ids=[7])
    data = read_dataset(file)
    assert data.labels == ("cat", "dog", "bus")
    assert data.pictures[0].known.tolist() == [True, False, False]
    assert known_classes(3, [1], None, [2]).tolist() == [True, True, False]


def test_the_split_from_the_name(tmp_path: Path) -> None:
    assert read_dataset(coco(tmp_path, "instances_val2017.json")).pictures[0].split == "val"
    coco(tmp_path / "set" / "train", "_annotations.coco.json")
    coco(tmp_path / "set" / "valid", "_annotations.coco.json")
    data = read_dataset(tmp_path / "set")
    assert [p.split for p in data] == ["train", "val"]
    assert [p.id for p in data] == [1, 2]


def test_cocos_own_folders(tmp_path: Path) -> None:
    file = coco(tmp_path / "val2017", "x.json").rename(tmp_path / "x.json")
    (tmp_path / "annotations").mkdir()
    file = file.rename(tmp_path / "annotations" / "instances_val2017.json")
    assert read_dataset(file).pictures[0].path == tmp_path / "val2017" / "a.png"


def test_roboflow_names_a_category_twice(tmp_path: Path) -> None:
    file = coco(tmp_path, "a.json")
    content = json.loads(file.read_text())
    content["categories"].append({"id": 0, "name": "dog", "supercategory": "none"})
    file.write_text(json.dumps(content))
    data = read_dataset(file)
    assert data.labels == ("dog", "cat", "bus")
    assert boxes_of(data, "a") == [("dog", 1, 2, 4, 6)]
