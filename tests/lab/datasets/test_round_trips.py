"""Every format gives back what it was given, but for what :func:`losses` says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edgedet.errors import DataError, OutputError
from edgedet.lab.datasets import Dataset
from edgedet.lab.datasets.decimals import corners_from_xywh, shortest, xywh_from_corners
from edgedet.lab.datasets.formats import FORMATS, read_dataset, write_dataset
from edgedet.lab.datasets.losses import losses
from tests.lab.datasets.making import picture, same_boxes, save_picture, small_dataset
from tests.places import shared

TOLERANCE = {"coco": 0.0, "voc": 0.0, "csv": 0.0, "yolo": 1e-4, "tfrecord": 1e-4}
"""In pixels: YOLO and TFRecord have parts of the picture's side, the latter as float32."""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def needs(format: str) -> None:
    for module in {
        "tfrecord": ["google_crc32c", "google.protobuf"],
        "yolo": ["yaml", "PIL"],
        "voc": ["defusedxml"],
    }.get(format, []):
        pytest.importorskip(module)


@pytest.mark.parametrize("format", FORMATS)
def test_a_small_one(tmp_path: Path, format: str) -> None:
    needs(format)
    data = small_dataset(tmp_path / "in")
    write_dataset(data, tmp_path / "out", format)
    back = read_dataset(tmp_path / "out")
    kept = Dataset(data.labels, data.pictures if "empty" in FORMATS[format].keeps else data.pictures[:2])
    same_boxes(kept, back, TOLERANCE[format])
    first = next(p for p in back if p.path.name == "a.png")
    assert first.crowd.tolist() == ([False, True] if "crowd" in FORMATS[format].keeps else [False, False])
    assert first.known.tolist() == ([True, False] if "known" in FORMATS[format].keeps else [True, True])
    if "ids" in FORMATS[format].keeps:
        assert {p.path.name: p.id for p in back} == {"a.png": 70, "b.png": 3, "c.png": 8}
    if format == "tfrecord":
        assert [extra["area"] for extra in first.box_extra] == [999.5, 3072.0]


@pytest.mark.parametrize("format", FORMATS)
def test_real_pictures(tmp_path: Path, format: str) -> None:
    needs(format)
    source = shared("data/coco-mini")
    data = read_dataset(source)
    part = Dataset(data.labels, tuple(p for p in data.pictures[::6] if len(p)))
    write_dataset(part, tmp_path / "out", format, copy_images=False)
    same_boxes(part, read_dataset(tmp_path / "out"), TOLERANCE[format])


def test_coco_comes_back_word_for_word(tmp_path: Path) -> None:
    source = shared("data/coco-mini")
    write_dataset(read_dataset(source), tmp_path / "out", "coco", copy_images=False)
    assert json.loads((tmp_path / "out" / "instances.json").read_text()) == json.loads(
        (source / "instances.json").read_text()
    )


def test_what_gets_lost_is_said(tmp_path: Path) -> None:
    data = small_dataset(tmp_path)
    assert losses(data, "coco") == ()
    assert losses(data, "yolo") == (
        "the crowd mark of 1 boxes",
        "that some classes aren't boxed in 1 pictures",
        "picture ids",
        "area",
        "box ids",
        "coco_url",
        "info",
        "license",
    )
    assert losses(data, "tfrecord") == ("box ids", "coco_url", "info", "license")
    assert "1 pictures without a box" in losses(data, "csv")
    assert "that 1 pictures have no split (they become train)" in losses(Dataset(("x",), (picture(tmp_path),)), "yolo")


corners = hnp.arrays(np.float32, st.tuples(st.integers(0, 5), st.just(4)), elements=st.floats(0, 4096, width=32))


@given(corners)
def test_the_shortest_decimals_are_the_same_numbers(boxes: np.ndarray) -> None:
    assert [np.float32(shortest(v)) for v in boxes.ravel()] == list(boxes.ravel())
    again = corners_from_xywh(np.array([xywh_from_corners(box) for box in boxes], np.float64).reshape(-1, 4))
    # sizes are written to 1e-10 of a pixel
    np.testing.assert_allclose(again, boxes, rtol=0, atol=1e-10)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_boxes_in_any_format(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(sorted(FORMATS)))
    needs(format)
    boxes = data.draw(corners.filter(len))
    labels = data.draw(st.lists(st.integers(0, 1), min_size=len(boxes), max_size=len(boxes)))
    names = data.draw(
        st.lists(
            st.text("ab_ é<&,'\"", min_size=1).filter(lambda s: s == s.strip()), min_size=2, max_size=2, unique=True
        )
    )
    folder = tmp_path_factory.mktemp("any")
    split = data.draw(st.sampled_from(["train", "val", "test"]))
    file = save_picture(folder / "é, one.png")
    source = Dataset(tuple(names), (picture(file, boxes.tolist(), labels, split=split),))
    write_dataset(source, folder / "out", format)
    same_boxes(source, read_dataset(folder / "out", images=folder / "cache" if format == "tfrecord" else None), 1e-3)


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    data = small_dataset(tmp_path / "in")
    with pytest.raises(OutputError, match="something is there already"):
        write_dataset(data, tmp_path / "in", "coco")
    assert sorted(p.name for p in (tmp_path / "in").iterdir()) == ["a.png", "b.png", "c.png"]


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    data = small_dataset(tmp_path / "in")
    (tmp_path / "in" / "b.png").unlink()
    with pytest.raises(DataError, match=r"b\.png: no such file"):
        write_dataset(data, tmp_path / "out", "coco")
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_files_of_one_name_get_names_of_their_own(tmp_path: Path) -> None:
    files = [save_picture(tmp_path / "in" / str(i) / "x.png", seed=i) for i in (1, 2)]
    data = Dataset(("person", "cat"), tuple(picture(f, [[i, 1, 9, 9]], id=i) for i, f in enumerate(files)))
    write_dataset(data, tmp_path / "out", "csv")
    back = read_dataset(tmp_path / "out")
    assert [p.path.name for p in back] == ["x.png", "x-2.png"]
    assert [p.path.read_bytes() for p in back] == [f.read_bytes() for f in files]
    assert [p.boxes[0, 0] for p in back] == [0, 1]


def test_large_records_are_written_in_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("tfrecord")
    data = small_dataset(tmp_path / "in")
    monkeypatch.setattr("edgedet.lab.datasets.tfrecord.SHARD_BYTES", 5000)
    write_dataset(data, tmp_path / "out", "tfrecord")
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert "train.tfrecord-00001-of-00004" in names
    same_boxes(data, read_dataset(tmp_path / "out"), 1e-4)
    (tmp_path / "out" / "train.tfrecord-00001-of-00004").unlink()
    with pytest.raises(DataError, match="1 of 4 shards missing"):
        read_dataset(tmp_path / "out")
